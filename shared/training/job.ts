/** A job for a thread: fits a recipe to some rows and predicts others. */

import { average } from "../candidates/average.ts";
import type { FitTask } from "../candidates/candidate.ts";
import { fitChance } from "../candidates/chance.ts";
import { type Fitted, moveOf, nextChangeOf, predictValue } from "../candidates/fitted.ts";
import { eventsOf } from "../candidates/hurdle.ts";
import { candidateNamed } from "../candidates/index.ts";
import { predictChanges } from "../candidates/next-change.ts";
import { type Chance, predictChance } from "../candidates/odds.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { changeFeaturesOf, type Forecast, lastFeatureOf, numberBehind, toleranceOf } from "../forecasts/forecast.ts";
import type { Predicted } from "../judging/predicted.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import type { SearchPoint } from "../search/space.ts";

/** A candidate with its parameters. */
export interface RecipeChoice {
  readonly candidate: string;
  readonly parameters: SearchPoint;
}

export interface Job {
  /** The target of the fit: the value, or the probability that it changes. */
  readonly learns: "value" | "change";
  readonly recipe: RecipeChoice;
  readonly train: RowRange;
  /** Rows to predict; null if only the model is needed. */
  readonly rows: RowRange | null;
  readonly seed: number;
  readonly wantsModel: boolean;
}

/** Predictions of `rows`: values in the unit of the target, or probabilities. */
export interface JobOutput extends Predicted {
  readonly value: Fitted | null;
  readonly chance: Chance | null;
  readonly seconds: number;
}

export type JobResult = Fit<JobOutput>;

/** Runs jobs. Results must not depend on the thread or on the order. */
export interface Pool {
  run(job: Job): Promise<JobResult>;
}

/** The data that all jobs share, prepared once per thread. */
export interface Workbench {
  readonly forecast: Pick<
    Forecast,
    "id" | "task" | "target" | "features" | "seasonal" | "distribution" | "events" | "variable"
  >;
  readonly data: Dataset;
  readonly move: Float64Array;
  readonly events: Float64Array;
}

export function workbenchOf(forecast: Workbench["forecast"], data: Dataset): Workbench {
  const { transform } = forecast.target;
  const move = data.target.map((value, row) => moveOf(transform, value, data.last[row] ?? Number.NaN));
  return { forecast, data, move, events: eventsOf({ data, tolerance: toleranceOf(forecast) }) };
}

/** Runs a job. `seconds()` is a clock with any origin. */
export function runJob(bench: Workbench, job: Job, seconds: () => number): JobResult {
  const started = seconds();
  const { forecast, data, move, events } = bench;
  const { transform } = forecast.target;
  const task: FitTask = { ...fitTaskOf(forecast, job), data, move, rows: job.train };
  const rows = job.rows ?? { from: 0, to: 0 };
  if (job.learns === "change") {
    const fit = fitChance(task, events);
    if (!fit.ok) return fit;
    const predictions = Float64Array.from(predictChance(fit.value, data, rows));
    if (!predictions.every(Number.isFinite)) return notFinite;
    const chance = job.wantsModel ? fit.value : null;
    return success({ predictions, changes: null, value: null, chance, seconds: seconds() - started });
  }
  const fit = fitRecipe(job.recipe, task);
  if (!fit.ok) return fit;
  const predictions = predictValue(fit.value, data, rows, transform);
  if (!predictions.every(Number.isFinite)) return notFinite;
  const value = job.wantsModel ? fit.value : null;
  const next = nextChangeOf(fit.value);
  const changes = next === null || job.rows === null ? null : predictChanges(next, data, rows);
  return success({ predictions, changes, value, chance: null, seconds: seconds() - started });
}

/** Returns the part of a fit that does not depend on the rows. */
export function fitTaskOf(
  forecast: Workbench["forecast"],
  { recipe, seed }: Pick<Job, "recipe" | "seed">,
): Omit<FitTask, "data" | "move" | "rows"> {
  return {
    task: forecast.task,
    transform: forecast.target.transform,
    parameters: recipe.parameters,
    seed,
    tolerance: toleranceOf(forecast),
    last: lastFeatureOf(forecast),
    seasonal: forecast.seasonal,
    behind: numberBehind(forecast),
    changes: changeFeaturesOf(forecast),
  };
}

/** A model with a prediction that is not finite has failed: its numbers would spoil the scores of the whole run. */
const notFinite = failure({
  kind: "invalid-data",
  found: "a prediction that is not a finite number",
  expected: "finite predictions for all rows",
});

function fitRecipe(recipe: RecipeChoice, task: FitTask): Fit<Fitted> {
  const candidate = recipe.candidate === average.id ? average : candidateNamed(recipe.candidate);
  return candidate.fit({ ...task, parameters: recipe.parameters });
}
