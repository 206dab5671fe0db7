import type { Matrix } from "../../shared/models/matrix.ts";

/**
 * Builds a row-major matrix from rows of plain numbers. Casts values to float32; `null` means missing.
 * @throws RangeError if the rows differ in length.
 */
export function matrixOf(rows: readonly (readonly (number | null)[])[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    if (row.length !== columns)
      throw new RangeError(`row ${i} has ${row.length} values: expected ${columns}, as in row 0`);
    row.forEach((value, j) => {
      values[i * columns + j] = value ?? Number.NaN;
    });
  });
  return { rows: rows.length, columns, layout: "row-major", values };
}
