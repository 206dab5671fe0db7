/** Cells of a SNIIM sheet: what is a price, what is none, and what stands where no price may stand. */

import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { columnName } from "../text.ts";
import { type Cell, foldedText, isBlank, type Sheet, shown } from "../workbook/cell.ts";

export type Row = Sheet["rows"][number];

export const titleStart = "precio promedio al consumidor por litro";
/** Zero-based columns C to F. */
export const priceColumns = [2, 3, 4, 5] as const;
const lastColumn = 5;
export const valuesPerRow = priceColumns.length;
/** MXN per litre; anything outside is a typing error or another unit. */
const [priceMin, priceMax] = [5, 100];

/** A price in MXN per litre, or the reason why the cell is none. */
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

/** Prices are typed with two decimals; averages of shops have many, and are not near a number of six. */
const decimalsMax = 6;

/** Takes off what binary arithmetic left behind: 32.5000000000002 was typed as 32.5. */
function withoutDust(price: number): number {
  const short = Number(price.toFixed(decimalsMax));
  return Math.abs(price - short) < 1e-10 ? short : price;
}

/** What a row of averages may be called, folded. */
const averageNames = /^((precio )?promedio|prom\b|media (nacional|estatal|general|ponderada)|(total|nacional)\b)/;

/** True for a national average, which is no city. */
export function isAverage(row: Row): boolean {
  return [row?.[0], row?.[1]].some((cell) => {
    const text = foldedText(cell);
    return averageNames.test(text) && !text.startsWith(titleStart);
  });
}

/**
 * A row that reaches right of the last price column as if cells had been inserted: its prices would be taken for those
 * of the next channel. A note there that is no number is none of it, as long as no price is missing.
 */
export function movedPrices(row: NonNullable<Row>): Problem | null {
  const hasGap = priceColumns.some((column) => isBlank(row[column]));
  const index = row.findIndex(
    (cell, column) => column > lastColumn && cell && (holdsNumber(cell) || (hasGap && !isBlank(cell))),
  );
  if (index < 0) return null;
  return problem("shifted-column", {
    column: columnName(index),
    found: shown(row[index]),
    expected: `nothing right of column ${columnName(lastColumn)}: the prices may stand under the wrong channel`,
    values: valuesPerRow,
  });
}

/** Numbers where prices may stand: states and cities are no place for them. */
export function countNumbers(rows: readonly Row[], from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) {
    rows[index]?.forEach((cell, column) => {
      if (cell && holdsNumber(cell) && column >= priceColumns[0]) count++;
    });
  }
  return count;
}

/** A number, or what was meant to be one. */
function holdsNumber(cell: Cell): boolean {
  return cell.kind === "number" || cell.kind === "malformed" || cell.kind === "formula" || cell.kind === "date";
}
