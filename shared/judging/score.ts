/** Errors, intervals and coverage of a contender's predictions on some rows. */
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Metric } from "../forecasts/forecast.ts";
import { type ConformalWidth, conformalWidths, coverage } from "../stats/conformal.ts";
import { mae } from "../stats/mae.ts";
import { rmse } from "../stats/rmse.ts";

export interface Errors {
  readonly rmse: number;
  readonly mae: number;
}

export function errorsOf(data: Dataset, rows: RowRange, predictions: Float64Array): Errors {
  const truth = data.target.subarray(rows.from, rows.to);
  return { rmse: rmse(truth, predictions), mae: mae(truth, predictions) };
}

/** The errors of a contender; `distribution` is null if it was scored without one, as by earlier versions. */
export interface RankedErrors extends Errors {
  readonly distribution?: { readonly crps: number } | null;
}

/** Returns the error that ranks contenders; lower is better. The Brier score is the mean squared error of a probability. */
export function errorBy(metric: Metric, { rmse, mae, distribution }: RankedErrors): number {
  switch (metric) {
    case "crps":
      return distribution?.crps ?? Number.POSITIVE_INFINITY;
    case "rmse":
      return rmse;
    case "mae":
      return mae;
    case "brier":
      return rmse * rmse;
  }
}

/** Returns the loss of one row. The metric is the mean of these losses, or the root of the mean. */
export function lossBy(metric: Metric, error: number): number {
  return metric === "mae" ? Math.abs(error) : error * error;
}

/** Returns target − prediction, one per row, in the target's unit. */
export function residualsOf(data: Dataset, rows: RowRange, predictions: Float64Array): Float64Array {
  return predictions.map((prediction, i) => (data.target[rows.from + i] ?? Number.NaN) - prediction);
}

/**
 * Returns the signed distance of each target from an interval of width 0. This interval is the prediction, or, with
 * `holdLast`, the range between the prediction and the last value. If most values do not change, residuals from the
 * prediction alone would only measure the model's small moves, which differ after every refit.
 */
export function missesOf(
  data: Dataset,
  rows: RowRange,
  { predictions, holdLast }: { readonly predictions: Float64Array; readonly holdLast: boolean },
): Float64Array {
  if (!holdLast) return residualsOf(data, rows, predictions);
  return predictions.map((prediction, i) => {
    const last = data.last[rows.from + i] ?? Number.NaN;
    const value = data.target[rows.from + i] ?? Number.NaN;
    const [low, high] = [Math.min(prediction, last), Math.max(prediction, last)];
    return value < low ? value - low : Math.max(0, value - high);
  });
}

export interface IntervalOptions {
  readonly levels: readonly number[];
  readonly tolerance: number;
  /** Whether an interval always includes the last value. */
  readonly holdLast: boolean;
  /** Scale of each row's width, one per row of the dataset; null for a constant width. */
  readonly scales: Float64Array | null;
}

/** Computes one half-width per level from the misses of some rows. */
export function widthsOf(rows: RowRange, misses: Float64Array, options: IntervalOptions): ConformalWidth[] {
  const { levels, tolerance, scales } = options;
  const scaled = scales === null ? {} : { scales: scales.subarray(rows.from, rows.to) };
  return conformalWidths(misses, levels, { tolerance, ...scaled });
}

/**
 * How much an interval's end is widened, as a share of the tolerance. Predictions are float32, so that equal misses differ by
 * about 1e-7 of the value. Without this, rounding would decide whether a miss equal to the width is inside.
 */
const ROUNDING_SHARE = 0.02;

/** Returns the share of rows inside an interval of this width; null if there were too few residuals for a width. */
export function coverageOf(
  width: ConformalWidth,
  { rows, misses }: { readonly rows: RowRange; readonly misses: Float64Array },
  { tolerance, scales }: Pick<IntervalOptions, "tolerance" | "scales">,
): number | null {
  const { halfWidth } = width;
  if (halfWidth === null) return null;
  const high = misses.map((_, i) => halfWidth * (scales?.[rows.from + i] ?? 1));
  return coverage(misses, { low: high.map((reach) => -reach), high }, tolerance * ROUNDING_SHARE);
}
