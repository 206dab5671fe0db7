import type { Dataset } from "../features/dataset.ts";

/** Returns the rows of a dataset at these positions, which ascend. O(rows · columns). */
export function subset(data: Dataset, rows: ArrayLike<number>): Dataset {
  return {
    ...data,
    rows: rows.length,
    period: pick(data.period, rows, new Int32Array(rows.length)),
    series: pick(data.series, rows, new Int32Array(rows.length)),
    last: pick(data.last, rows, new Float64Array(rows.length)),
    target: pick(data.target, rows, new Float64Array(rows.length)),
    columns: data.columns.map((column) =>
      column.dtype === "float"
        ? { ...column, values: pick(column.values, rows, new Float32Array(rows.length)) }
        : { ...column, codes: pick(column.codes, rows, new Int32Array(rows.length)) },
    ),
  };
}

/** Copies the values at some positions. A loop takes a fifth of the time of `from` with a callback. */
function pick<T extends Int32Array | Float32Array | Float64Array>(values: T, rows: ArrayLike<number>, into: T): T {
  for (let i = 0; i < into.length; i++) into[i] = values[rows[i] ?? 0] ?? 0;
  return into;
}
