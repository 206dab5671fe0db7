/**
 * Quantile binning: maps each float32 column to at most 255 numbered bins, plus one bin for missing values.
 *
 * Follows scikit-learn's `_BinMapper` (1.9). A column with few distinct values gets one bin per value; other columns use the
 * averaged inverted CDF. Thresholds are float32, and bin ≤ b exactly when x ≤ threshold b. A tree grown on bins therefore
 * routes raw values in the same way.
 */
import { columnOf, type Matrix } from "./matrix.ts";
import { createSortBuffers, type SortedColumn, sortColumn } from "./sort-column.ts";

export const BINS_MAX = 255;
/** The bin of NaN. It does not depend on the number of bins in use. */
export const MISSING_BIN = 255;

export interface Binning {
  /** One ascending array of thresholds per column, at most `BINS_MAX` − 1 long; empty for a column with a single value. */
  readonly thresholds: readonly Float32Array[];
}

export interface BinnedMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly binning: Binning;
  /** rows × columns, column-major. */
  readonly bins: Uint8Array;
}

/** Returns the float32 in [low, high) that is nearest to the middle. Rounding must not move it to `high`. */
function midpoint(low: number, high: number): number {
  const middle = Math.fround(low / 2 + high / 2);
  return middle >= low && middle < high ? middle : low;
}

/** Returns quantile number `numerator` of `binsMax` of sorted values; the mean of two neighbours if the cut is between them. */
function quantileCut(sorted: Float32Array, numerator: number, binsMax: number): number {
  const exact = sorted.length * numerator;
  const after = Math.floor(exact / binsMax);
  const upper = sorted[after] ?? Number.NaN;
  if (exact % binsMax !== 0) return upper;
  const lower = sorted[after - 1] ?? upper;
  return lower === upper ? lower : midpoint(lower, upper);
}

/** Returns the distinct values of a sorted column, at most the first `limit` + 1 of them. */
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

/** Returns the thresholds of one column from its sorted values. */
function thresholdsOf(sorted: Float32Array, binsMax: number): Float32Array {
  const distinct = distinctOf(sorted, binsMax);
  const cuts: number[] = [];
  if (distinct.length <= binsMax) {
    for (let i = 1; i < distinct.length; i++) cuts.push(midpoint(distinct[i - 1] ?? 0, distinct[i] ?? 0));
  } else {
    const largest = sorted[sorted.length - 1] ?? 0;
    for (let k = 1; k < binsMax; k++) {
      const cut = quantileCut(sorted, k, binsMax);
      // A cut at the largest value would leave an empty bin above it.
      if (cut !== cuts[cuts.length - 1] && cut < largest) cuts.push(cut);
    }
  }
  return Float32Array.from(cuts);
}

/**
 * Computes the thresholds of every column without its missing values, and replaces every value by its bin: the number of thresholds
 * below it, or `MISSING_BIN`. `binsMax` is an integer in 2…255. O(columns × rows).
 */
export function binFeatures(features: Matrix, binsMax: number = BINS_MAX): BinnedMatrix {
  if (!Number.isInteger(binsMax) || binsMax < 2 || binsMax > BINS_MAX) {
    throw new RangeError(`binsMax is ${binsMax}: expected an integer in 2…${BINS_MAX}`);
  }
  const { rows, columns } = features;
  const bins = new Uint8Array(rows * columns).fill(MISSING_BIN);
  const buffers = createSortBuffers(rows);
  const thresholds: Float32Array[] = [];
  for (let column = 0; column < columns; column++) {
    const { sorted, order } = sortColumn(columnOf(features, column), buffers);
    const own = thresholdsOf(sorted, binsMax);
    thresholds.push(own);
    writeBins(bins.subarray(column * rows, (column + 1) * rows), own, { sorted, order });
  }
  return { rows, columns, binning: { thresholds }, bins };
}

/** Writes the bins of present values. They ascend with the values. */
function writeBins(bins: Uint8Array, thresholds: Float32Array, { sorted, order }: SortedColumn): void {
  let bin = 0;
  for (let i = 0; i < sorted.length; i++) {
    const value = sorted[i] ?? 0;
    while (bin < thresholds.length && value > (thresholds[bin] ?? 0)) bin++;
    bins[order[i] ?? 0] = bin;
  }
}
