import { meanOf } from "./mean.ts";
import { at, type Numbers } from "./numbers.ts";

/**
 * Returns the means of consecutive blocks of `size` numbers. An incomplete block at the beginning is omitted. Forecasts h
 * periods ahead overlap, so their losses are correlated over h periods; means of blocks of h periods nearly are not. O(n).
 * @example blockMeans([9, 1, 3, 5, 7], 2) // [2, 6]
 */
export function blockMeans(values: Numbers, size: number): number[] {
  const blocks = Math.floor(values.length / size);
  const from = values.length - blocks * size;
  return Array.from({ length: blocks }, (_, block) => meanOf(size, (i) => at(values, from + block * size + i)));
}
