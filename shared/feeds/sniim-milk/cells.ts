/** Reads the cells of a SNIIM sheet: prices, averages, and numbers in places without prices. */

import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { columnName } from "../text.ts";
import { type Cell, foldedText, isBlank, type Sheet, shown } from "../workbook/cell.ts";

export type SheetRow = Sheet["rows"][number];

export const titleStart = "precio promedio al consumidor por litro";
/** Zero-based columns C to F. */
export const priceColumns = [2, 3, 4, 5] as const;
const lastColumn = 5;
export const valuesPerRow = priceColumns.length;
/** MXN per litre. A price outside is a typing error or in another unit. */
const [priceMin, priceMax] = [5, 100];

/** Returns a price in MXN per litre, or why the cell is not a price. */
export function priceOf(cell: Cell | undefined): number | { readonly reason: string; readonly expected: string } {
  const expected = `a price between ${priceMin} and ${priceMax} MXN`;
  if (cell?.kind === "number") {
    if (cell.value === 0) return { reason: "zero-price", expected };
    if (cell.value < priceMin || cell.value > priceMax) return { reason: "out-of-range", expected };
    return withoutDust(cell.value);
  }
  if (cell?.kind === "formula") return { reason: "formula", expected: `${expected}, not a formula` };
  if (cell?.kind === "malformed") return { reason: "malformed-number", expected: `${expected}, as 23.5` };
  if (cell?.kind === "date") return { reason: "date-instead-of-price", expected };
  const isNumeric = /^[+-]?[.,]*\d[\d.,]*$/.test(foldedText(cell));
  return { reason: isNumeric ? "number-as-text" : "no-number", expected };
}

/** Prices are typed with two decimals. Averages of shops have many decimals and are not close to a number with six. */
const decimalsMax = 6;

/** Removes errors of binary arithmetic: 32.5000000000002 was typed as 32.5. */
function withoutDust(price: number): number {
  const short = Number(price.toFixed(decimalsMax));
  return Math.abs(price - short) < 1e-10 ? short : price;
}

/** Names of rows with averages, folded. */
const averageNames = /^((precio )?promedio|prom\b|media (nacional|estatal|general|ponderada)|(total|nacional)\b)/;

/** True for a row with an average, which is not a city. */
export function isAverage(row: SheetRow): boolean {
  return [row?.[0], row?.[1]].some((cell) => {
    const text = foldedText(cell);
    return averageNames.test(text) && !text.startsWith(titleStart);
  });
}

/**
 * Returns a problem for a row with cells right of the last price column: if cells were inserted, its prices are under the
 * wrong channel. A note that is not a number is allowed there if no price is missing.
 */
export function movedPrices(row: NonNullable<SheetRow>): Problem | null {
  const hasGap = priceColumns.some((column) => isBlank(row[column]));
  const index = row.findIndex(
    (cell, column) => column > lastColumn && cell && (holdsNumber(cell) || (hasGap && !isBlank(cell))),
  );
  if (index < 0) return null;
  return problem("shifted-column", {
    column: columnName(index),
    found: shown(row[index]),
    expected: `nothing right of column ${columnName(lastColumn)}; the prices may be under the wrong channel`,
    values: valuesPerRow,
  });
}

/** Counts the numbers in price columns and right of them; the columns of states and cities do not count. */
export function countNumbers(rows: readonly SheetRow[], from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) {
    rows[index]?.forEach((cell, column) => {
      if (cell && holdsNumber(cell) && column >= priceColumns[0]) count++;
    });
  }
  return count;
}

/** True for a number, or a cell that was meant as one. */
function holdsNumber(cell: Cell): boolean {
  return cell.kind === "number" || cell.kind === "malformed" || cell.kind === "formula" || cell.kind === "date";
}
