/** A candidate: one way to learn a forecast. Pure; a fold is fitted wherever there is a free thread. */
import { type Dataset, firstRowAt, type RowRange } from "../features/dataset.ts";
import type { Fit } from "../models/fit.ts";
import type { Point } from "../search/space.ts";
import type { Fitted, Transform } from "./fitted.ts";

export type Task = "regression" | "classification";

export interface FitTask {
  /** A classification has targets 0 and 1, and a fitted model's value is the probability of 1. */
  readonly task: Task;
  readonly data: Dataset;
  /** What is learned, one a row of the dataset: the target on the forecast's fitted scale. */
  readonly move: Float64Array;
  readonly transform: Transform;
  /** The rows to learn from: nothing at or after `rows.to` may be looked at. */
  readonly rows: RowRange;
  readonly parameters: Point;
  readonly seed: number;
  /** From how much on a move counts as one, in the target's unit. */
  readonly tolerance: number;
  /** Name of the feature that is the last value. */
  readonly last: string;
  /** Name of a feature that is the naive forecast of a season; null where the forecast has none. */
  readonly seasonal: string | null;
}

export interface Candidate {
  readonly id: string;
  fit(task: FitTask): Fit<Fitted>;
}

/** A numeric parameter of a trial, or `otherwise` where the trial says nothing. Throws on what is no number. */
export function numberOf(parameters: Point, name: string, otherwise: number): number {
  const value = parameters[name] ?? otherwise;
  if (typeof value !== "number")
    throw new RangeError(`parameter ${name} is ${JSON.stringify(value)}: expected a number`);
  return value;
}

/**
 * Cuts the rows to learn from at a period, so that about `share` of their periods are held out at the end: what early
 * stopping and calibration look at. The judge's own folds stay unseen.
 */
export function holdOut({ data, rows }: FitTask, share: number): { readonly early: RowRange; readonly late: RowRange } {
  const first = data.period[rows.from] ?? 0;
  const last = data.period[rows.to - 1] ?? 0;
  const cut = firstRowAt(data, Math.ceil(first + (last + 1 - first) * (1 - share)));
  return { early: { from: rows.from, to: cut }, late: { from: cut, to: rows.to } };
}
