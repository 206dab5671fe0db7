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

/** Deviations of one column from the mean of what is there; missing ones are 0. */
function deviationsOf(column: Float32Array): { mean: number; deviations: Float64Array } {
  const present = column.filter((value) => !Number.isNaN(value));
  let sum = 0;
  for (const value of present) sum += value;
  const mean = sum / present.length;
  return { mean, deviations: Float64Array.from(column, (value) => (Number.isNaN(value) ? 0 : value - mean)) };
}

/** Learns and applies the standardisation. Every column must hold at least one value. O(rows × columns). */
export function standardise(features: Matrix): Standardised {
  const { rows, columns } = features;
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns);
  const values = new Float64Array(rows * columns);
  for (let column = 0; column < columns; column++) {
    const { mean, deviations } = deviationsOf(columnOf(features, column));
    let squares = 0;
    for (const deviation of deviations) squares += deviation * deviation;
    const deviation = Math.sqrt(squares / rows);
    // Rounding in the mean makes a constant column vary by about this much.
    const varies = deviation > 1e-12 * Math.abs(mean);
    means[column] = mean;
    scales[column] = varies ? deviation : 1;
    if (varies)
      values.set(
        deviations.map((value) => value / deviation),
        column * rows,
      );
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

/** Σ over rows of weight × x_i × x_j, size × size, row-major; `weights` null stands for 1 each. O(rows × columns²). */
export function weightedGram(columns: readonly Float64Array[], weights: Float64Array | null): Float64Array {
  const size = columns.length;
  const gram = new Float64Array(size * size);
  columns.forEach((left, i) => {
    const weighted = weights === null ? left : left.map((value, row) => value * (weights[row] ?? 0));
    for (let j = 0; j <= i; j++) {
      const sum = dot(weighted, columns[j] ?? left);
      gram[i * size + j] = sum;
      gram[j * size + i] = sum;
    }
  });
  return gram;
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
