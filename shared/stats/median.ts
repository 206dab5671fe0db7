import type { Numbers } from "./numbers.ts";
import { quantile } from "./quantile.ts";

/**
 * Returns the median: the middle value, or the mean of the two middle values. Robust against outliers.
 *
 * Range: between the smallest and the largest value. O(n log n).
 * @see numpy.median
 * @example median([3, 1, 10, 2]) // 2.5
 */
export function median(values: Numbers): number {
  return quantile(values, 0.5);
}
