/** A job for a thread: fits a learner of further steps to the targets up to an origin, and predicts the rows of later origins. */
import { knownBefore } from "../candidates/candidate.ts";
import { fitStepModel, predictStepModel, type StepModel, type StepOutputs } from "../candidates/step-model.ts";
import { subset } from "../candidates/subset.ts";
import type { RowRange } from "../features/dataset.ts";
import { type StepRows, stepInput } from "../judging/step-rows.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { at } from "../stats/numbers.ts";
import { fitTaskOf, type RecipeChoice, type Workbench, workbenchOf } from "./job.ts";

export interface StepJob {
  readonly recipe: RecipeChoice;
  /** The step whose rows are used; null for the rows of all steps. */
  readonly step: number | null;
  /** Position of the origin: targets up to it are known. Later rows are not used. */
  readonly known: number;
  /** Positions of the origins whose rows are predicted, the end excluded; null if only the model is needed. */
  readonly origins: RowRange | null;
  readonly seed: number;
  readonly wantsModel: boolean;
}

export interface StepJobOutput {
  /** The predicted rows. */
  readonly rows: Int32Array;
  readonly outputs: StepOutputs;
  readonly model: StepModel | null;
  readonly seconds: number;
}

export type StepJobResult = Fit<StepJobOutput>;

/** Runs jobs. Results must not depend on the thread or on the order. */
export interface StepPool {
  run(job: StepJob): Promise<StepJobResult>;
  /** Lets the caller handle events between two parts of a long computation. */
  turn?(): Promise<void>;
}

/** The rows that all jobs share, prepared once per thread. */
export interface StepBench {
  readonly bench: Workbench;
  readonly rows: StepRows;
}

export function stepBenchOf(forecast: Workbench["forecast"], rows: StepRows): StepBench {
  return { bench: workbenchOf(forecast, rows.data), rows };
}

/** Runs a job. `seconds()` is a clock with any origin. */
export function runStepJob({ bench, rows }: StepBench, job: StepJob, seconds: () => number): StepJobResult {
  const started = seconds();
  const { forecast, data, move } = bench;
  const isOfStep = (row: number) => job.step === null || rows.step[row] === job.step;
  const { to } = knownBefore({ ...data, step: 1 }, { from: 0, to: data.rows }, job.known + 1);
  const train = positionsWhere(to, isOfStep);
  if (train.length === 0) return failure({ kind: "too-few-rows", found: 0, required: 1 });
  const part = { ...subset(data, train), step: job.step ?? data.step };
  const steps = Int32Array.from(train, (row) => at(rows.step, row));
  const task = {
    ...fitTaskOf(forecast, { recipe: job.recipe, seed: job.seed }),
    data: part,
    move: Float64Array.from(train, (row) => at(move, row)),
    rows: { from: 0, to: part.rows },
  };
  const fit = fitStepModel(job.recipe.candidate, task, steps);
  if (!fit.ok) return fit;
  const { origins } = job;
  const isPredicted = (row: number) => {
    const origin = at(data.period, row) - at(rows.step, row);
    return origins !== null && isOfStep(row) && origin >= origins.from && origin < origins.to;
  };
  const predicted = positionsWhere(data.rows, isPredicted);
  const outputs = predictStepModel(
    fit.value,
    subset(data, predicted),
    { from: 0, to: predicted.length },
    { transform: forecast.target.transform, input: stepInput },
  );
  if (!outputs.predictions.every(Number.isFinite)) {
    const expected = "finite predictions for all rows";
    return failure({ kind: "invalid-data", found: "a prediction that is not a finite number", expected });
  }
  const model = job.wantsModel ? fit.value : null;
  return success({ rows: Int32Array.from(predicted), outputs, model, seconds: seconds() - started });
}

function positionsWhere(count: number, isIncluded: (row: number) => boolean): number[] {
  const found: number[] = [];
  for (let row = 0; row < count; row++) if (isIncluded(row)) found.push(row);
  return found;
}
