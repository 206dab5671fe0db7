/** Rows of a table that cannot be answered: their positions, each with its first reason. */
export type RefusedRows = Map<number, string>;

/** Records the reason of a row, unless the row has one already. */
export function refuseRow(refused: RefusedRows, row: number, reason: string): void {
  if (!refused.has(row)) refused.set(row, reason);
}
