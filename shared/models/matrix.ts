/** The features of a model, as float32 because the exported ONNX file reads float32. NaN means missing. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly layout: "row-major" | "column-major";
  /** rows × columns values. */
  readonly values: Float32Array;
}

/** Returns the distance in `values` between neighbouring rows and between neighbouring columns. */
export function stridesOf(matrix: Matrix): { readonly row: number; readonly column: number } {
  return matrix.layout === "row-major" ? { row: matrix.columns, column: 1 } : { row: 1, column: matrix.rows };
}

/** Copies one column, length `rows`. */
export function columnOf(matrix: Matrix, column: number): Float32Array {
  const { row: rowStride, column: columnStride } = stridesOf(matrix);
  if (rowStride === 1) return matrix.values.slice(column * columnStride, column * columnStride + matrix.rows);
  const copy = new Float32Array(matrix.rows);
  for (let row = 0, at = column; row < matrix.rows; row++, at += rowStride) copy[row] = matrix.values[at] ?? Number.NaN;
  return copy;
}
