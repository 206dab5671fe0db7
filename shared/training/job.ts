/** One piece of work for a free thread: fit a recipe to some rows, and say what it predicts for others. */
import { average } from "../candidates/average.ts";
import type { FitTask } from "../candidates/candidate.ts";
import { fitChance } from "../candidates/chance.ts";
import { type Chance, type Fitted, moveOf, predictChance, predictValue } from "../candidates/fitted.ts";
import { eventsOf } from "../candidates/hurdle.ts";
import { candidateNamed } from "../candidates/index.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Forecast, lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import { type Fit, type FitProblem, refused } from "../models/fit.ts";
import type { Point } from "../search/space.ts";

/** A candidate with its parameters. */
export interface RecipeChoice {
  readonly candidate: string;
  readonly parameters: Point;
}

export interface Job {
  /** What is fitted: the forecast's value, or the chance that it changes. */
  readonly learns: "value" | "change";
  readonly recipe: RecipeChoice;
  readonly train: RowRange;
  /** Rows to predict; null where only the model is wanted. */
  readonly rows: RowRange | null;
  readonly seed: number;
  readonly wantsModel: boolean;
}

export type JobResult =
  | {
      readonly ok: true;
      /** One a row of `rows`: values in the target's unit, or probabilities. */
      readonly predictions: Float64Array;
      readonly value: Fitted | null;
      readonly chance: Chance | null;
      readonly seconds: number;
    }
  | { readonly ok: false; readonly problem: FitProblem };

/** Runs jobs somewhere. Results must not depend on where or in which order they are run. */
export interface Pool {
  run(job: Job): Promise<JobResult>;
}

/** Everything jobs share; made once a thread. */
export interface Workbench {
  readonly forecast: Pick<Forecast, "id" | "task" | "target" | "features" | "seasonal">;
  readonly data: Dataset;
  readonly move: Float64Array;
  readonly events: Float64Array;
}

export function workbenchOf(forecast: Workbench["forecast"], data: Dataset): Workbench {
  const { transform } = forecast.target;
  const move = data.target.map((value, row) => moveOf(transform, value, data.last[row] ?? Number.NaN));
  return { forecast, data, move, events: eventsOf({ data, tolerance: toleranceOf(forecast) }) };
}

/** Does one job. `seconds()` is a clock of any origin. */
export function runJob(bench: Workbench, job: Job, seconds: () => number): JobResult {
  const started = seconds();
  const { forecast, data, move, events } = bench;
  const { transform } = forecast.target;
  const task: FitTask = {
    task: forecast.task,
    data,
    move,
    transform,
    rows: job.train,
    parameters: job.recipe.parameters,
    seed: job.seed,
    tolerance: toleranceOf(forecast),
    last: lastFeatureOf(forecast),
    seasonal: forecast.seasonal,
  };
  const rows = job.rows ?? { from: 0, to: 0 };
  if (job.learns === "change") {
    const fit = fitChance(task, events);
    if (!fit.ok) return fit;
    const predictions = Float64Array.from(predictChance(fit.model, data, rows));
    if (!predictions.every(Number.isFinite)) return unsound;
    const chance = job.wantsModel ? fit.model : null;
    return { ok: true, predictions, value: null, chance, seconds: seconds() - started };
  }
  const fit = fitRecipe(job.recipe, task);
  if (!fit.ok) return fit;
  const predictions = predictValue(fit.model, data, rows, transform);
  if (!predictions.every(Number.isFinite)) return unsound;
  const value = job.wantsModel ? fit.model : null;
  return { ok: true, predictions, value, chance: null, seconds: seconds() - started };
}

/** A model that overflows or divides by nothing has failed; its numbers would end the run of everyone else. */
const unsound = refused({
  kind: "invalid-data",
  found: "a prediction that is no finite number",
  expected: "a model whose predictions are finite on the rows it is judged by",
});

function fitRecipe(recipe: RecipeChoice, task: FitTask): Fit<Fitted> {
  const candidate = recipe.candidate === average.id ? average : candidateNamed(recipe.candidate);
  return candidate.fit({ ...task, parameters: recipe.parameters });
}
