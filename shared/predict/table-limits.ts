import { rawRowsMax, rawValuesMax } from "../api/predict-limits.ts";

/** Returns why a table of raw features has too many rows; null for any other table. Call it before memory is allocated for rows. */
export function refuseRows(rows: number, columns = 1): string | null {
  const rowsMax = Math.min(rawRowsMax, Math.floor(rawValuesMax / Math.max(1, columns)));
  if (rows <= rowsMax) return null;
  const of = columns > 1 ? ` of ${columns} columns` : "";
  return `found ${rows} rows, expected at most ${rowsMax}${of} in one request`;
}
