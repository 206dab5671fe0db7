/** What the linear models share: standardised columns, missing values at the mean, and the prediction. */
import { columnOf, type Matrix, stridesOf } from "./matrix.ts";

/** How raw columns become comparable: (x − mean) ÷ scale, 0 where x is missing. One entry a column. */
export interface Standardisation {
  /** Mean of the values that are there. */
  readonly means: Float64Array;
  /** Population standard deviation after imputing the mean; 1 for a constant column, whose coefficient is then 0. */
  readonly scales: Float64Array;
}

export interface LinearPredictor extends Standardisation {
  /** For the standardised columns. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** rows × columns, column-major, standardised. */
export interface Standardised extends Standardisation {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
}

/** Mean of the values that are there. */
function meanOfPresent(column: Float32Array): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}

/** Learns and applies the standardisation. Every column must hold at least one value. O(rows × columns). */
export function standardise(features: Matrix): Standardised {
  const { rows, columns } = features;
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const raw = columnOf(features, column);
    const mean = meanOfPresent(raw);
    const into = values.subarray(column * rows, (column + 1) * rows);
    let squares = 0;
    for (let row = 0; row < rows; row++) {
      const value = raw[row] ?? Number.NaN;
      const deviation = Number.isNaN(value) ? 0 : value - mean;
      into[row] = deviation;
      squares += deviation * deviation;
    }
    const deviation = Math.sqrt(squares / rows);
    // Rounding in the mean makes a constant column vary by about this much.
    const varies = deviation > 1e-12 * Math.abs(mean);
    means[column] = mean;
    scales[column] = varies ? deviation : 1;
    if (!varies) into.fill(0);
    else for (let row = 0; row < rows; row++) into[row] = (into[row] ?? 0) / deviation;
  }
  return { rows, columns, means, scales, values };
}

/** intercept + Σ coefficient × (x − mean) ÷ scale for every row. Throws when the columns do not match. O(rows × columns). */
export function predictLinear(predictor: LinearPredictor, features: Matrix): Float64Array {
  const { means, scales, coefficients, intercept } = predictor;
  if (features.columns !== coefficients.length) {
    throw new RangeError(`the matrix has ${features.columns} columns, the model ${coefficients.length}`);
  }
  const { row: rowStride, column: columnStride } = stridesOf(features);
  const predictions = new Float64Array(features.rows);
  for (let row = 0; row < features.rows; row++) {
    let sum = intercept;
    for (let column = 0; column < coefficients.length; column++) {
      const value = features.values[row * rowStride + column * columnStride] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += ((coefficients[column] ?? 0) * (value - (means[column] ?? 0))) / (scales[column] ?? 1);
    }
    predictions[row] = sum;
  }
  return predictions;
}

/** A column that is mostly one value, as a column of 0 and 1 is: that value, and by how much the other rows differ. */
interface Sparse {
  readonly usual: number;
  readonly rows: Int32Array;
  readonly differences: Float64Array;
}

/** More rows than this share apart from the usual value, and a sparse sum saves nothing. */
const SPARSE_SHARE_MAX = 0.3;

function sparseOf(column: Float64Array): Sparse | null {
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

/** The value that more than half of the rows have, if there is one (Boyer and Moore 1981); any value otherwise. O(rows). */
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

/** Σ left × right, where `sum` is Σ left. */
function dotSparse(left: Float64Array, sum: number, { usual, rows, differences }: Sparse): number {
  let product = usual * sum;
  for (let i = 0; i < rows.length; i++) product += (left[rows[i] ?? 0] ?? 0) * (differences[i] ?? 0);
  return product;
}

/**
 * Σ over rows of weight × x_i × x_j, size × size, row-major; `weights` null stands for 1 each. O(rows × columns²), where
 * a column that is mostly one value counts only with its other rows.
 */
export function weightedGram(columns: readonly Float64Array[], weights: Float64Array | null): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  const sparse = columns.map(sparseOf);
  // Sparse columns last: of each pair the later one is sparse if either is.
  const order = [...columns.keys()].sort((a, b) => Number(sparse[a] !== null) - Number(sparse[b] !== null) || a - b);
  order.forEach((i, place) => {
    const left = columns[i] ?? new Float64Array();
    const weighted = weights === null ? left : product(left, weights);
    const sum = sumOf(weighted);
    for (const j of order.slice(place)) {
      const right = sparse[j];
      const total = right ? dotSparse(weighted, sum, right) : dot(weighted, columns[j] ?? left);
      gram[i * size + j] = total;
      gram[j * size + i] = total;
    }
  });
  return gram;
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

/** Views of the columns, no copies. */
export function columnsOf(standardised: Standardised): Float64Array[] {
  const { rows, columns, values } = standardised;
  return Array.from({ length: columns }, (_, column) => values.subarray(column * rows, (column + 1) * rows));
}
