/** Code shared by the linear models: standardised columns, and missing values replaced by the mean. */
import { columnOf, type Matrix } from "./matrix.ts";

/** Standardises a raw column: (x − mean) ÷ scale, and 0 if x is missing. One entry per column. */
export interface Standardisation {
  /** Mean of the values that are not missing. */
  readonly means: Float64Array;
  /** Population standard deviation after imputing the mean; 1 for a constant column, whose coefficient is then 0. */
  readonly scales: Float64Array;
}

export interface LinearPredictor extends Standardisation {
  /** Apply to the standardised columns. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** rows × columns, column-major, standardised. */
export interface Standardised extends Standardisation {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

export interface Moments {
  /** Mean of the values that are not missing. */
  readonly mean: number;
  /** Population standard deviation, with the mean for missing values. */
  readonly deviation: number;
}

/** Returns the moments of a column that has at least one value. O(rows). */
export function momentsOf(column: Float32Array): Moments {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? Number.NaN;
    const deviation = Number.isNaN(value) ? 0 : value - mean;
    squares += deviation * deviation;
  }
  return { mean, deviation: Math.sqrt(squares / column.length) };
}

/** Returns whether a column is not constant. Rounding of the mean gives a constant column a small deviation. */
export function varies({ mean, deviation }: Moments): boolean {
  return deviation > 1e-12 * Math.abs(mean);
}

/** Computes the standardisation and applies it. Every column must have at least one value. O(rows × columns). */
export function standardise(features: Matrix): Standardised {
  const { rows, columns } = features;
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const raw = columnOf(features, column);
    const moments = momentsOf(raw);
    const { mean, deviation } = moments;
    means[column] = mean;
    scales[column] = varies(moments) ? deviation : 1;
    if (!varies(moments)) continue;
    const into = values.subarray(column * rows, (column + 1) * rows);
    for (let row = 0; row < rows; row++) {
      const value = raw[row] ?? Number.NaN;
      if (!Number.isNaN(value)) into[row] = (value - mean) / deviation;
    }
  }
  return { rows, columns, means, scales, values };
}

/** A column in which most rows have one value, such as a 0/1 column: that value, and the differences of the other rows. */
export interface Sparse {
  readonly usual: number;
  readonly rows: Int32Array;
  readonly differences: Float64Array;
}

/** If more than this share of the rows differ from the usual value, a sparse sum is not faster. */
const SPARSE_SHARE_MAX = 0.3;

/** Returns the sparse form of a column; null if its values differ too much. O(rows). */
export function sparseOf(column: Float64Array): Sparse | null {
  const usual = majorityOf(column);
  const rows: number[] = [];
  const rowsMax = SPARSE_SHARE_MAX * column.length;
  for (let row = 0; row < column.length; row++) {
    if (column[row] === usual) continue;
    if (rows.push(row) > rowsMax) return null;
  }
  return {
    usual,
    rows: Int32Array.from(rows),
    differences: Float64Array.from(rows, (row) => (column[row] ?? 0) - usual),
  };
}

/** Returns the value of more than half of the rows if one exists (Boyer and Moore 1981), otherwise any value. O(rows). */
function majorityOf(column: Float64Array): number {
  let candidate = 0;
  let lead = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? 0;
    if (lead === 0) candidate = value;
    lead += value === candidate ? 1 : -1;
  }
  return candidate;
}

/** Returns Σ left × right, where `sum` is Σ left. */
function dotSparse(left: Float64Array, sum: number, { usual, rows, differences }: Sparse): number {
  let product = usual * sum;
  for (let i = 0; i < rows.length; i++) product += (left[rows[i] ?? 0] ?? 0) * (differences[i] ?? 0);
  return product;
}

/**
 * Returns Σ over rows of weight × x_i × x_j, size × size, row-major. `weights` is null if every weight is 1.
 * O(rows × columns²); for a sparse column only the rows that differ from its usual value count. `sparse`: the sparse forms, for
 * a caller that computes several sums of the same columns.
 */
export function weightedGram(
  columns: readonly Float64Array[],
  weights: Float64Array | null,
  sparse: readonly (Sparse | null)[] = columns.map(sparseOf),
): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  // Sparse columns come last, so that the second column of a pair is sparse if either is.
  const order = [...columns.keys()].sort((a, b) => Number(sparse[a] !== null) - Number(sparse[b] !== null) || a - b);
  order.forEach((i, place) => {
    const left = columns[i] ?? new Float64Array();
    const weighted = weights === null ? left : product(left, weights);
    const sum = sumOf(weighted);
    const others = order.slice(place);
    const dense = others.filter((j) => sparse[j] === null);
    const sums = dotEach(
      weighted,
      dense.map((j) => columns[j] ?? left),
    );
    for (const [at, j] of others.entries()) {
      // The dense columns come first.
      const right = sparse[j];
      const total = right ? dotSparse(weighted, sum, right) : (sums[at] ?? Number.NaN);
      gram[i * size + j] = total;
      gram[j * size + i] = total;
    }
  });
  return gram;
}

/**
 * Returns the dot product with each of some columns. Four independent sums at a time take less time than one after another.
 * O(rows × columns).
 */
function dotEach(left: Float64Array, columns: readonly Float64Array[]): Float64Array {
  const sums = new Float64Array(columns.length);
  let at = 0;
  for (; at + 4 <= columns.length; at += 4) {
    const [a = left, b = left, c = left, d = left] = columns.slice(at, at + 4);
    let [ofA, ofB, ofC, ofD] = [0, 0, 0, 0];
    for (let i = 0; i < left.length; i++) {
      const value = left[i] ?? 0;
      ofA += value * (a[i] ?? 0);
      ofB += value * (b[i] ?? 0);
      ofC += value * (c[i] ?? 0);
      ofD += value * (d[i] ?? 0);
    }
    sums.set([ofA, ofB, ofC, ofD], at);
  }
  for (; at < columns.length; at++) sums[at] = dot(left, columns[at] ?? left);
  return sums;
}

function product(left: Float64Array, right: Float64Array): Float64Array {
  const products = new Float64Array(left.length);
  for (let i = 0; i < left.length; i++) products[i] = (left[i] ?? 0) * (right[i] ?? 0);
  return products;
}

function sumOf(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return sum;
}

export function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] ?? 0) * (right[i] ?? 0);
  return sum;
}

/** Returns views of the columns, without copying. */
export function columnViews(standardised: Standardised): Float64Array[] {
  const { rows, columns, values } = standardised;
  return Array.from({ length: columns }, (_, column) => values.subarray(column * rows, (column + 1) * rows));
}
