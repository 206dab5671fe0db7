import { meanOf } from "./mean.ts";
import { at, checkPaired, type Numbers } from "./numbers.ts";

/**
 * Returns the mean absolute error, Σ|y − ŷ| / n. The median minimises it.
 *
 * Range: ≥ 0, in the target's unit, 0 is perfect. O(n).
 * @see sklearn.metrics.mean_absolute_error
 * @example mae([1, 2], [1, 4]) // 1
 */
export function mae(truth: Numbers, forecast: Numbers): number {
  checkPaired(truth, forecast);
  return meanOf(truth.length, (i) => Math.abs(at(truth, i) - at(forecast, i)));
}
