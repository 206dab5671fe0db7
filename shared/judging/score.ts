/** What a contender's predictions are worth on some rows. */
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

/** The number that contenders are ranked by; lower is better. The Brier score is the mean squared error of a probability. */
export function errorBy(metric: Metric, { rmse, mae }: Errors): number {
  switch (metric) {
    case "rmse":
      return rmse;
    case "mae":
      return mae;
    case "brier":
      return rmse * rmse;
  }
}

/** The loss of one row that the metric is the mean of, or the root of the mean. */
export function lossBy(metric: Metric, error: number): number {
  return metric === "mae" ? Math.abs(error) : error * error;
}

/** What came minus what was predicted, one a row, in the target's unit. */
export function residualsOf(data: Dataset, rows: RowRange, predictions: Float64Array): Float64Array {
  return predictions.map((prediction, i) => (data.target[rows.from + i] ?? Number.NaN) - prediction);
}

/**
 * How far what came lies outside what an interval of no width would hold, one a row, signed like a residual: outside the
 * prediction, or, where intervals hold the last value, outside the stretch between prediction and last value. Where most
 * values stay, a learned model is otherwise only as wide as its own small wrong moves, and a refit shifts those.
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
  /** Whether an interval also reaches to the last value. */
  readonly holdLast: boolean;
  /** What each row's width is measured against; null for one width everywhere. One a row of the dataset. */
  readonly scales: Float64Array | null;
}

/** Half-widths learned from the misses of some rows, one a level. */
export function widthsOf(rows: RowRange, misses: Float64Array, options: IntervalOptions): ConformalWidth[] {
  const { levels, tolerance, scales } = options;
  const scaled = scales === null ? {} : { scales: scales.subarray(rows.from, rows.to) };
  return conformalWidths(misses, levels, { tolerance, ...scaled });
}

/**
 * By how much an end is widened, as a share of the tolerance: predictions are float32, so that two equal misses differ by
 * some 1e-7 of the value, and a miss as large as the width would fall off its end by chance.
 */
const ROUNDING_SHARE = 0.02;

/** Share of the rows that an interval of this width holds; null where there were too few residuals for a width. */
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
