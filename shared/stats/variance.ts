import { mean, meanOf } from "./mean.ts";
import { at, type Numbers } from "./numbers.ts";

/**
 * Returns the variance, Σ(x − mean)² / (n − ddof), in two passes. The one-pass formula suffers from cancellation.
 *
 * `ddof` 0 gives the population variance, 1 the sample variance. Range: ≥ 0, in squared units. O(n).
 * @throws RangeError if there are no more than `ddof` values.
 * @see numpy.var
 * @example variance([1, 2, 6]) // 14 / 3
 */
export function variance(values: Numbers, ddof: 0 | 1 = 0): number {
  const count = values.length;
  if (count <= ddof) throw new RangeError(`variance of ${count} values: expected more than ${ddof}`);
  const center = mean(values);
  return (meanOf(count, (i) => (at(values, i) - center) ** 2) * count) / (count - ddof);
}

/** Returns the standard deviation, √variance, in the values' unit. */
export function standardDeviation(values: Numbers, ddof: 0 | 1 = 0): number {
  return Math.sqrt(variance(values, ddof));
}
