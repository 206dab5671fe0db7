/** Parses addresses of cells and ranges, such as `B7` and `A1:B3`. */
import type { CellRange } from "./cell.ts";
import { WorkbookRefusal } from "./refusal.ts";

export interface Address {
  /** Zero-based. */
  readonly row: number;
  readonly column: number;
}

/** The grid of every spreadsheet program: A1 to XFD1048576. */
const rowsMax = 1_048_576;
export const columnsMax = 16_384;

export function addressOf(reference: string): Address {
  const match = /^([A-Z]{1,3})([1-9]\d{0,6})$/.exec(reference);
  let column = 0;
  for (const letter of match?.[1] ?? "") column = column * 26 + letter.charCodeAt(0) - 64;
  const row = Number(match?.[2] ?? 0);
  if (row < 1 || row > rowsMax || column > columnsMax) throw impossible(`an address ${shortened(reference)}`);
  return { row: row - 1, column: column - 1 };
}

export function rangeOf(reference: string): CellRange {
  const [start = "", end = start, ...more] = reference.split(":", 3);
  const [{ row: top, column: left }, { row: bottom, column: right }] = [addressOf(start), addressOf(end)];
  if (more.length > 0 || top > bottom || left > right) throw impossible(`a range ${shortened(reference)}`);
  return { top, left, bottom, right };
}

export function isInside({ top, left, bottom, right }: CellRange, { row, column }: Address): boolean {
  return top <= row && row <= bottom && left <= column && column <= right;
}

export function impossible(found: string): WorkbookRefusal {
  return new WorkbookRefusal("impossible-address", found, `cells from A1 to XFD${rowsMax}, each in its own row`);
}

const shortened = (reference: string) => JSON.stringify(reference.slice(0, 40));
