import { meanOf } from "./mean.ts";
import { at, checkFinite, checkPaired, type Numbers } from "./numbers.ts";
import { conformalQuantile } from "./quantile.ts";

/** Coverage can exceed the level by the share of residuals that tie at the quantile. Smaller shares are negligible. */
const ATOM_SHARE_MIN = 0.03;

export interface ConformalOptions {
  /** One scale per residual, > 0. Residuals are divided by it, so that volatile series get wider intervals. Default: all 1. */
  readonly scales?: Numbers;
  /** Residuals that differ by at most this count as equal: half of the target's last digit, in its unit. Default: 0. */
  readonly tolerance?: number;
}

/** The half-width of prediction intervals at one level. Plain numbers that can be stored as JSON. */
export interface ConformalWidth {
  readonly level: number;
  /** The interval is prediction ± halfWidth · scale (scale 1 without scales). Null if there are too few residuals. */
  readonly halfWidth: number | null;
  /** Share of residuals that tie with the half-width. */
  readonly atomShare: number;
  /** Whether so many residuals tie that coverage is clearly above the level, by up to `atomShare`. */
  readonly atom: boolean;
  /** Whether the half-width is 0 for every row: at least the level's share of residuals is 0. Display "unchanged in … % of cases". */
  readonly zeroWidth: boolean;
}

/**
 * Returns split-conformal half-widths: the ceil((n + 1) · level)-th smallest absolute residual of rows that were not
 * used to fit the model. For any model, prediction ± half-width contains a new exchangeable value with probability ≥
 * level and ≤ level + 1/(n + 1) + the share of ties.
 *
 * `residuals`: n signed or absolute errors, in the target's unit. Range: ≥ 0. O(levels · n log n).
 * @see Lei et al. (2018), https://arxiv.org/abs/1604.04173 (scaled: section 5.2); Angelopoulos and Bates (2021)
 * @example conformalWidths([0.1, -0.2, 0.3, 0.4], [0.8]) // half-width 0.4
 */
export function conformalWidths(
  residuals: Numbers,
  levels: readonly number[],
  options: ConformalOptions = {},
): ConformalWidth[] {
  checkFinite(residuals, "the list of residuals");
  const { scales, tolerance = 0 } = options;
  if (scales !== undefined) checkScales(residuals, scales);
  const count = residuals.length;
  const misses = Float64Array.from(residuals, Math.abs);
  const scaleOf = (i: number) => (scales === undefined ? 1 : at(scales, i));
  const scores = Float64Array.from(misses, (miss, i) => miss / scaleOf(i));
  return levels.map((level) => {
    const quantile = conformalQuantile(scores, level);
    if (quantile === Infinity) return { level, halfWidth: null, atomShare: 0, atom: false, zeroWidth: false };
    const reach = (i: number) => quantile * scaleOf(i);
    const zeroWidth = meanOf(count, (i) => Number(reach(i) <= tolerance)) === 1;
    // A half-width of 0 is displayed as the share of unchanged values, so ties are counted around 0.
    const isTied = (i: number) =>
      zeroWidth
        ? at(misses, i) <= tolerance
        : isClose(at(misses, i), reach(i), Math.max(tolerance, rounding(reach(i))));
    const atomShare = meanOf(count, (i) => Number(isTied(i)));
    return { level, halfWidth: quantile, atomShare, atom: atomShare >= ATOM_SHARE_MIN, zeroWidth };
  });
}

export interface Intervals {
  readonly low: Numbers;
  readonly high: Numbers;
}

/**
 * Returns the coverage: the share of true values inside their interval, ends included. `tolerance`, in the target's unit,
 * widens the interval by the rounding error, so that a value equal to an end before rounding counts as inside.
 *
 * Range: 0 to 1. O(n).
 * @example coverage([1, 2, 3], { low: [0, 0, 0], high: [2, 2, 2] }) // 2 / 3
 */
export function coverage(truth: Numbers, { low, high }: Intervals, tolerance = 0): number {
  checkPaired(truth, low);
  checkPaired(truth, high);
  return meanOf(truth.length, (i) => {
    const value = at(truth, i);
    return Number(value >= at(low, i) - tolerance && value <= at(high, i) + tolerance);
  });
}

function checkScales(residuals: Numbers, scales: Numbers): void {
  checkPaired(residuals, scales);
  for (let i = 0; i < scales.length; i++) {
    if (!(at(scales, i) > 0)) throw new RangeError(`scale ${i} is ${at(scales, i)}: expected more than 0`);
  }
}

function isClose(a: number, b: number, tolerance: number): boolean {
  return Math.abs(a - b) <= tolerance;
}

/** Returns the possible rounding error of dividing by a scale and multiplying again. */
function rounding(value: number): number {
  return value * 4 * Number.EPSILON;
}
