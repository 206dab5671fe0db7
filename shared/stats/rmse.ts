import { meanOf } from "./mean.ts";
import { at, checkPaired, type Numbers } from "./numbers.ts";

/**
 * Returns the root mean squared error, √(Σ(y − ŷ)² / n). Large errors weigh more than small ones. The mean minimises it.
 *
 * Range: ≥ 0, in the target's unit, 0 is perfect. O(n).
 * @see sklearn.metrics.root_mean_squared_error
 * @example rmse([1, 2], [1, 4]) // √2
 */
export function rmse(truth: Numbers, forecast: Numbers): number {
  checkPaired(truth, forecast);
  return Math.sqrt(meanOf(truth.length, (i) => (at(truth, i) - at(forecast, i)) ** 2));
}
