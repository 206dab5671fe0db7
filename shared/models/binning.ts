/**
 * Quantile binning: a float32 column becomes at most 255 numbered bins and one for missing.
 *
 * Follows scikit-learn's `_BinMapper` (1.9): a bin a value where there are few, else the averaged inverted CDF. Thresholds are
 * float32, and bin ≤ b exactly when x ≤ threshold b, so that a tree grown on bins routes raw values the same way.
 */
import { columnOf, type Matrix } from "./matrix.ts";

export const BINS_MAX = 255;
/** The bin of NaN, whatever the number of bins in use. */
export const MISSING_BIN = 255;

export interface Binning {
  /** One ascending array of thresholds a column, at most `BINS_MAX` − 1 long; empty where the column has a single value. */
  readonly thresholds: readonly Float32Array[];
}

export interface BinnedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly binning: Binning;
  /** rows × columns, column-major. */
  readonly bins: Uint8Array;
}

/** The float32 in [low, high) that is nearest to the middle: rounding must not push it onto `high`. */
function midpoint(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/** The q-th of `binsMax` quantiles of sorted values: the mean of two neighbours where the cut falls between them. */
function quantileCut(sorted: Float32Array, numerator: number, binsMax: number): number {
  const exact = sorted.length * numerator;
  const after = Math.floor(exact / binsMax);
  const upper = sorted[after] ?? Number.NaN;
  if (exact % binsMax !== 0) return upper;
  const lower = sorted[after - 1] ?? upper;
  return lower === upper ? lower : midpoint(lower, upper);
}

/** Sorts in place and returns the part before the missing values, which sort last. */
function sortedPresent(column: Float32Array): Float32Array {
  column.sort();
  let length = column.length;
  while (length > 0 && Number.isNaN(column[length - 1])) length--;
  return column.subarray(0, length);
}

/** The different values of a sorted column, or the first `limit` + 1 of them. */
function distinctOf(sorted: Float32Array, limit: number): number[] {
  const distinct: number[] = [];
  let last = Number.NaN;
  for (let i = 0; i < sorted.length && distinct.length <= limit; i++) {
    const value = sorted[i] ?? 0;
    // `-0` sorts before `0` and equals it.
    if (value !== last) distinct.push(value);
    last = value;
  }
  return distinct;
}

/** Reorders `column`. */
function columnThresholds(column: Float32Array, binsMax: number): Float32Array {
  const sorted = sortedPresent(column);
  const distinct = distinctOf(sorted, binsMax);
  const cuts: number[] = [];
  if (distinct.length <= binsMax) {
    for (let i = 1; i < distinct.length; i++) cuts.push(midpoint(distinct[i - 1] ?? 0, distinct[i] ?? 0));
  } else {
    const largest = sorted[sorted.length - 1] ?? 0;
    for (let k = 1; k < binsMax; k++) {
      const cut = quantileCut(sorted, k, binsMax);
      // A cut at the largest value would leave nothing above it.
      if (cut !== cuts[cuts.length - 1] && cut < largest) cuts.push(cut);
    }
  }
  return Float32Array.from(cuts);
}

/**
 * Learns the thresholds of every column, missing values left out.
 * `binsMax` is an integer in 2…255. Time O(columns × rows × log rows), memory one column.
 */
export function fitBinning(features: Matrix, binsMax: number = BINS_MAX): Binning {
  if (!Number.isInteger(binsMax) || binsMax < 2 || binsMax > BINS_MAX) {
    throw new RangeError(`binsMax is ${binsMax}, allowed is an integer in 2…${BINS_MAX}`);
  }
  const thresholds: Float32Array[] = [];
  for (let column = 0; column < features.columns; column++) {
    thresholds.push(columnThresholds(columnOf(features, column), binsMax));
  }
  return { thresholds };
}

/** The bin of one value: how many thresholds lie below it, `MISSING_BIN` for NaN. O(log thresholds). */
export function binOf(thresholds: Float32Array, value: number): number {
  if (Number.isNaN(value)) return MISSING_BIN;
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (value <= (thresholds[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Numbers every value by its column's thresholds. Time O(rows × columns × 8). */
export function applyBinning(binning: Binning, features: Matrix): BinnedMatrix {
  const { rows, columns } = features;
  const bins = new Uint8Array(rows * columns);
  binning.thresholds.forEach((thresholds, column) => {
    const values = columnOf(features, column);
    const offset = column * rows;
    for (let row = 0; row < rows; row++) bins[offset + row] = binOf(thresholds, values[row] ?? Number.NaN);
  });
  return { rows, columns, binning, bins };
}
