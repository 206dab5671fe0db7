/** The contract of a candidate: a method that can be trained. Pure, so that a fold can be fitted in any thread. */
import { type Dataset, firstRowAt, type RowRange } from "../features/dataset.ts";
import type { Fit } from "../models/fit.ts";
import type { SearchPoint } from "../search/space.ts";
import type { ChangeInputs } from "./change-inputs.ts";
import type { Fitted, Transform } from "./fitted.ts";

export type Task = "regression" | "classification";

export interface FitTask {
  /** A classification has targets 0 and 1, and a fitted model's value is the probability of 1. */
  readonly task: Task;
  readonly data: Dataset;
  /** The training target, one per row of the dataset: the forecast's target after `transform`. */
  readonly move: Float64Array;
  readonly transform: Transform;
  /** The training rows. A candidate must not read rows at or after `rows.to`. */
  readonly rows: RowRange;
  readonly parameters: SearchPoint;
  readonly seed: number;
  /** Smaller changes count as no change, in the target's unit. */
  readonly tolerance: number;
  /** Name of the feature with the last value. */
  readonly last: string;
  /** Name of the feature with the value a season ago; null if the forecast has no seasonal baseline. */
  readonly seasonal: string | null;
  /** For an event of a number: the feature with the number's last value; else null. */
  readonly behind: string | null;
  /** The features of past changes and the number of periods they cover; null if the forecast has no distribution of changes. */
  readonly changes: { readonly inputs: ChangeInputs; readonly window: number } | null;
}

export interface Candidate {
  readonly id: string;
  /** The tasks that it can be fitted for. Default: all. */
  readonly tasks?: readonly Task[];
  fit(task: FitTask): Fit<Fitted>;
}

/** Returns a numeric parameter of a trial, or `fallback` if the trial has none. Throws if it is not a number. */
export function numberOf(parameters: SearchPoint, name: string, fallback: number): number {
  const value = parameters[name] ?? fallback;
  if (typeof value !== "number")
    throw new RangeError(`parameter ${name} is ${JSON.stringify(value)}: expected a number`);
  return value;
}

/**
 * Splits the training rows at a period, so that about `share` of the periods are in `late`. Early stopping and calibration
 * use `late`. The folds that score the candidate are not part of either.
 */
export function holdOut({ data, rows }: FitTask, share: number): { readonly early: RowRange; readonly late: RowRange } {
  const first = data.period[rows.from] ?? 0;
  const last = data.period[rows.to - 1] ?? 0;
  const cut = Math.ceil(first + (last + 1 - first) * (1 - share));
  return { early: knownBefore(data, rows, cut), late: { from: firstRowAt(data, cut), to: rows.to } };
}

/**
 * Returns the rows whose target is known at the first origin of a target at position `cut`. Several steps ahead, the rows just
 * before `cut` are left out: their targets share periods with those from `cut` on.
 */
export function knownBefore(data: Dataset, { from }: RowRange, cut: number): RowRange {
  return { from, to: Math.max(from, firstRowAt(data, cut - data.step + 1)) };
}
