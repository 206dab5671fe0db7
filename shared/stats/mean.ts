import { at, checkFinite, type Numbers } from "./numbers.ts";

/**
 * Returns the arithmetic mean, Σx / n.
 *
 * Range: between the smallest and the largest value. O(n).
 * @see numpy.mean
 * @example mean([1, 2, 6]) // 3
 */
export function mean(values: Numbers): number {
  checkFinite(values, "the list");
  return meanOf(values.length, (i) => at(values, i));
}

/** Returns the mean of `term(0) … term(count - 1)`. Every mean loss uses this loop. O(count) terms. */
export function meanOf(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += term(i);
  return sum / count;
}
