/** Features as every model here takes them: float32, because that is what the exported file will see. NaN is missing. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly layout: "row-major" | "column-major";
  /** rows × columns values. */
  readonly values: Float32Array;
}

/** The distance in `values` between neighbouring rows and between neighbouring columns. */
export function stridesOf(matrix: Matrix): { readonly row: number; readonly column: number } {
  return matrix.layout === "row-major" ? { row: matrix.columns, column: 1 } : { row: 1, column: matrix.rows };
}

/** A copy of one column, length `rows`. */
export function columnOf(matrix: Matrix, column: number): Float32Array {
  const { row: rowStride, column: columnStride } = stridesOf(matrix);
  if (rowStride === 1) return matrix.values.slice(column * columnStride, column * columnStride + matrix.rows);
  const copy = new Float32Array(matrix.rows);
  for (let row = 0, at = column; row < matrix.rows; row++, at += rowStride) copy[row] = matrix.values[at] ?? Number.NaN;
  return copy;
}

/** Rows of plain numbers as a row-major matrix; values are cast to float32, `null` is missing. Every row has the first row's length. */
export function matrixOf(rows: readonly (readonly (number | null)[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns) throw new RangeError(`row ${i} has ${row.length} values, row 0 has ${columns}`);
    row.forEach((value, j) => {
      values[i * columns + j] = value ?? Number.NaN;
    });
  });
  return { rows: rows.length, columns, layout: "row-major", values };
}
