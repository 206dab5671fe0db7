import { at, checkFinite, type Numbers } from "./numbers.ts";

/** Products such as 3000 · 0.017 are not exactly whole because of rounding. This slack prevents a rank that is 1 too high. */
const RANK_SLACK = 1e-9;

/**
 * Returns a quantile by linear interpolation between the two values next to position (n − 1) · level of the sorted list.
 *
 * `level` 0 to 1. Range: between the smallest and the largest value. O(n log n).
 * @see numpy.quantile(method="linear"); Hyndman and Fan (1996), definition 7
 * @example quantile([1, 2, 4], 0.75) // 3
 */
export function quantile(values: Numbers, level: number): number {
  checkFinite(values, "the list");
  return quantileSorted(Float64Array.from(values).sort(), level);
}

/** Returns a quantile of values that are already in ascending order. Use it for several levels of one list. O(1). */
export function quantileSorted(sorted: Numbers, level: number): number {
  checkLevel(level);
  const position = (sorted.length - 1) * level;
  const below = Math.floor(position);
  const low = at(sorted, below);
  const high = at(sorted, Math.min(below + 1, sorted.length - 1));
  const share = position - below;
  // Interpolates from the nearer end, as numpy does, so that a share of 0 or 1 gives the exact value.
  return share < 0.5 ? low + (high - low) * share : high - (high - low) * (1 - share);
}

/**
 * Returns the conformal quantile: the ceil((n + 1) · level)-th smallest value. A new value that is exchangeable with
 * these n is at or below it with probability ≥ level. The interpolated quantile does not guarantee this.
 *
 * Range: one of the values, or Infinity if the rank exceeds n, because n values are then too few for the level.
 * O(n log n).
 * @see Vovk, Gammerman, Shafer (2005); Angelopoulos and Bates (2021), https://arxiv.org/abs/2107.07511
 * @example conformalQuantile([1, 2, 3, 4], 0.8) // 4, the ceil(5 · 0.8) = 4th
 */
export function conformalQuantile(values: Numbers, level: number): number {
  checkFinite(values, "the list");
  checkLevel(level);
  const rank = Math.max(1, Math.ceil((values.length + 1) * level - RANK_SLACK));
  return rank > values.length ? Infinity : at(Float64Array.from(values).sort(), rank - 1);
}

function checkLevel(level: number): void {
  if (!(level >= 0 && level <= 1)) throw new RangeError(`level is ${level}: expected 0 to 1`);
}
