import { mean, meanOf } from "./mean.ts";
import { at, type Numbers } from "./numbers.ts";

/**
 * Variance in two passes, Σ(x − mean)² / (n − ddof): stable where the one-pass formula cancels.
 *
 * `ddof` 0 is the population's variance, 1 the sample's. Range: ≥ 0, in squared units. O(n).
 * @throws RangeError with no more than `ddof` values.
 * @see numpy.var
 * @example variance([1, 2, 6]) // 14 / 3
 */
export function variance(values: Numbers, ddof: 0 | 1 = 0): number {
  const count = values.length;
  if (count <= ddof) throw new RangeError(`variance of ${count} values: expected more than ${ddof}`);
  const center = mean(values);
  return (meanOf(count, (i) => (at(values, i) - center) ** 2) * count) / (count - ddof);
}

/** Standard deviation, √variance, in the values' unit. */
export function standardDeviation(values: Numbers, ddof: 0 | 1 = 0): number {
  return Math.sqrt(variance(values, ddof));
}
