/** Finds the blocks of a SNIIM sheet and checks their columns. */

import { foldText } from "../../lib/fold-text.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import { readSpanishDate, type SpanishDate } from "../spanish-date.ts";
import { columnName } from "../text.ts";
import { type Cell, foldedText, isBlank, type Sheet, shown } from "../workbook/cell.ts";
import { isAverage, priceColumns, type SheetRow, titleStart, valuesPerRow } from "./cells.ts";

const kinds = new Map([
  ["leche pasteurizada", "Pasteurizada"],
  ["leche ultrapasteurizada", "Ultrapasteurizada"],
]);
const channels = new Map([
  ["autoservicios", "Autoservicios"],
  ["tiendas", "Tiendas"],
]);
/** Allowed header texts per column, folded. A merged header leaves its second column empty. */
const headers: readonly (readonly string[])[] = [
  ["estado"],
  ["ciudad"],
  [...kinds.keys()],
  [""],
  [...kinds.keys()],
  [""],
];
/** Thirty years of publications. A sheet that contains only titles would have 400,000 blocks. */
export const blocksMax = 5_000;

/** Rows of one block, zero-based: title, cities (`from` to `to`), and the start of the next block or the end of the sheet. */
export interface Block {
  readonly title: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Returns the blocks of a sheet, at most `blocksMax` + 1. */
export function findBlocks(sheet: Sheet): Block[] {
  const titles: { title: number; column: number }[] = [];
  for (const [title, row] of sheet.rows.entries()) {
    const column = row?.findIndex((cell) => foldedText(cell).includes(titleStart)) ?? -1;
    if (column >= 0) titles.push({ title, column });
    if (titles.length > blocksMax) break;
  }
  return titles.map(({ title, column }, index) => {
    const limit = titles[index + 1]?.title ?? sheet.rows.length;
    const from = Math.min(title + 4, limit);
    let to = from;
    while (to < limit && !endsBlock(sheet.rows[to])) to++;
    return { title, column, from, to, limit };
  });
}

function endsBlock(row: SheetRow): boolean {
  const first = foldedText(row?.[0]);
  const isEnd = first === "estado" || /^(fuente|sniim|(precio )?promedio)/.test(first);
  return isEnd || !row?.some((cell) => !isBlank(cell)) || isHeading(row);
}

/** True for a header row of a block. If its title is missing, the rows below must not be read as part of the block above. */
function isHeading(row: NonNullable<SheetRow>): boolean {
  const city = foldedText(row[1]);
  if (city !== "") return city === "ciudad";
  if (readSpanishDate(foldedText(row[0])) !== null) return true;
  return priceColumns.some((column) => {
    const text = foldedText(row[column]);
    return kinds.has(text) || channels.has(text);
  });
}

export function dateBelow(sheet: Sheet, block: Block): SpanishDate | null {
  return readSpanishDate(foldedText(sheet.rows[block.title + 1]?.[0]));
}

/** Returns a problem for the first column that is not the expected one, or null. */
export function badLayout(sheet: Sheet, block: Block): Problem | null {
  if (block.column !== 0) {
    const at = { row: block.title + 1, column: columnName(block.column) };
    return problem("shifted-column", {
      ...at,
      found: `the title in column ${at.column}`,
      expected: "the title in column A",
    });
  }
  const [header, channelRow] = [sheet.rows[block.title + 2], sheet.rows[block.title + 3]];
  const width = Math.max(header?.length ?? 0, channelRow?.length ?? 0, valuesPerRow + 2);
  for (let column = 0; column < width; column++) {
    const title = foldedHeader(header?.[column]);
    const fits = headers[column]?.includes(title) ?? title === "";
    const at = { column: columnName(column), row: block.title + 3 };
    if (!fits) {
      const expected = headers[column]?.filter((text) => text !== "").join(" or ") || "no header here";
      return problem("unexpected-header", { ...at, found: shown(header?.[column]) || "an empty cell", expected });
    }
    const channel = foldedHeader(channelRow?.[column]);
    if (column < 2 || column > 5 ? channel !== "" : !channels.has(channel)) {
      const expected = column < 2 || column > 5 ? "no channel here" : [...channels.values()].join(" or ");
      return problem("unknown-channel", {
        ...at,
        row: block.title + 4,
        found: shown(channelRow?.[column]) || "an empty cell",
        expected,
      });
    }
  }
  return repeatedColumn(sheet, block) ?? emptyColumn(sheet, block);
}

/** Returns the folded text of a header cell of any kind, so that a number there is rejected too. */
function foldedHeader(cell: Cell | undefined): string {
  return cell?.kind === "text" ? cell.folded : foldText(shown(cell));
}

function repeatedColumn(sheet: Sheet, block: Block): Problem | null {
  const names = priceColumns.map((column) => Object.values(seriesOfColumn(sheet, block, column)).join(" "));
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (repeated < 0) return null;
  const at = { row: block.title + 4, column: columnName(priceColumns[repeated] ?? 0) };
  return problem("unknown-channel", {
    ...at,
    found: `${names[repeated]} twice`,
    expected: "every kind and channel once",
  });
}

/**
 * Returns a problem for a price column without any cell. Missing prices are written as s/d, so an empty column means
 * that cells were inserted or deleted under the headers, and the other columns may contain prices of another channel. A
 * block of one row may lack a price.
 */
function emptyColumn(sheet: Sheet, block: Block): Problem | null {
  const rows = sheet.rows.slice(block.from, block.to).filter((row) => foldedText(row?.[1]) !== "" && !isAverage(row));
  const empty = priceColumns.find((column) => rows.every((row) => isBlank(row?.[column])));
  if (rows.length < 2 || empty === undefined) return null;
  return problem("shifted-column", {
    row: block.from + 1,
    column: columnName(empty),
    found: `${rows.length} empty cells`,
    expected: "a price or s/d; the prices beside it may be under the wrong channel",
  });
}

/** Returns kind and channel of a price column, from its two headers. */
export function seriesOfColumn(sheet: Sheet, block: Block, column: number): { Tipo: string; Canal: string } {
  const kind = foldedText(sheet.rows[block.title + 2]?.[column < 4 ? 2 : 4]);
  const channel = foldedText(sheet.rows[block.title + 3]?.[column]);
  return { Tipo: kinds.get(kind) ?? "", Canal: channels.get(channel) ?? "" };
}
