/**
 * SNIIM, Mexico: consumer prices of milk in MXN per litre, by state, city, kind and channel.
 *
 * Every workbook holds the whole history as stacked blocks, one a publication day:
 *
 *     Precio promedio al consumidor por litro de leche (pesos)
 *     Viernes, 3 de enero de 2025
 *     Estado          | Ciudad   | Leche pasteurizada     |        | Leche ultrapasteurizada |
 *                     |          | Autoservicios | Tiendas         | Autoservicios | Tiendas
 *     Baja California | Mexicali | 24.05         | 26.32           | 22.9          | 22.8
 *       (merged)      | Tijuana  | s/d           | s/d             | 29.77         | 25.37
 *                     | Promedio aritmético …                                                  (not a city)
 *     Fuente: SNIIM
 *
 * Reasons of problems. One value each: `zero-price`, `no-number`, `number-as-text`, `malformed-number`, `formula`, `date-instead-of-price`,
 * `out-of-range`, `unexpected-cell`. A row: `missing-city`, `missing-state`, `implausible-name`, `duplicate-row`, `row-outside-block`.
 * A block: `shifted-column`, `unreadable-date`, `implausible-date`, `duplicate-date`, `unexpected-header`,
 * `unknown-channel`. A sheet or file: `unexpected-sheet`, `no-blocks` and the reasons of `workbook/`.
 * A remark that costs nothing: `weekday-disagrees`.
 */
import { addDays, daysBetween, isoDay, isoWeekday } from "../calendar.ts";
import type { Dimensions, Feed, Observation, Parsed, Problem, PublicationRequest } from "./feed.ts";
import { problem } from "./problem.ts";
import { readSpanishDate } from "./spanish-date.ts";
import { cleanName, columnName, foldText } from "./text.ts";
import { openWorkbook, type Sheet } from "./workbook/open-workbook.ts";
import { type Cell, shown } from "./workbook/sheet-cells.ts";

const titleStart = "precio promedio al consumidor por litro";
const kinds = new Map([
  ["leche pasteurizada", "Pasteurizada"],
  ["leche ultrapasteurizada", "Ultrapasteurizada"],
]);
const channels = new Map([
  ["autoservicios", "Autoservicios"],
  ["tiendas", "Tiendas"],
]);
/** Folded header text that each column may carry; a merged header leaves its second column empty. */
const headers: readonly (readonly string[])[] = [
  ["estado"],
  ["ciudad"],
  [...kinds.keys()],
  [""],
  [...kinds.keys()],
  [""],
];
/** Zero-based columns C to F. */
const priceColumns = [2, 3, 4, 5] as const;
const lastColumn = 5;
const valuesPerRow = priceColumns.length;
/** MXN per litre; anything outside is a typing error or another unit. */
const [priceMin, priceMax] = [5, 100];
/** A block further after its predecessor than this is a mistyped year. Real gaps are 2 to 5 days. */
const gapDaysMax = 400;
/** A weekday that disagrees with its date is forgiven this close after the block before. */
const neighbourDaysMax = 31;
/** How far a block may lie after the day in the file's name. */
const afterNameDaysMax = 7;
/** Letters, with the signs that names carry: Cd.Juárez, Edo. México. */
const nameShape = /^\p{L}[\p{L}\p{M} .'’()/-]{0,79}$/u;
/** How far back the first fetch looks, and the most days one fetch asks for. */
const lookBackDays = 35;
const requestsMax = 60;

export const sniimMilk: Feed = {
  id: "sniim-milk",
  title: "Milk prices in Mexico",
  publisher: "SNIIM, Secretaría de Economía, México",
  homepage: "https://www.economia-sniim.gob.mx",
  dimensions: ["Estado", "Ciudad", "Tipo", "Canal"],
  variables: { precio: { title: "Consumer price", unit: "MXN/l" } },
  granularity: "day",
  partitionBy: "day",
  limits: {
    // Ten years of history are about 8 MB, 20 MB unzipped and 900,000 cells.
    bytesMax: 10_000_000,
    unzippedBytesMax: 32_000_000,
    cellsMax: 1_000_000,
    problemRateMax: 0.3,
    seriesLostMax: 0.2,
  },
  file: {
    extension: ".xlsx",
    contentTypes: [
      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
      "application/vnd.ms-excel",
      "application/octet-stream",
      "application/zip",
      "application/x-zip-compressed",
    ],
    magic: "504b0304",
  },
  source: {
    baseUrlVariable: "SNIIM_MILK_BASE_URL",
    hosts: ["www.economia-sniim.gob.mx", "economia-sniim.gob.mx"],
    enough: "first",
    requests,
  },
  publishedOn,
  parse,
};

/** Mondays, Wednesdays and Fridays after the cursor, newest first, then the cursor's own file in case it was corrected. */
function requests(cursor: string | null, today: string): PublicationRequest[] {
  const oldest = cursor ?? addDays(today, -lookBackDays);
  const wanted: PublicationRequest[] = [];
  for (let day = today; day >= oldest && wanted.length < requestsMax; day = addDays(day, -1)) {
    if (day !== cursor && ![1, 3, 5].includes(isoWeekday(day))) continue;
    const name = `Leche${day.slice(8, 10)}${day.slice(5, 7)}${day.slice(0, 4)}.xlsx`;
    wanted.push({ period: day, name, path: `/SNIIM-Archivosfuente/Comentarios/Otros/${name}` });
  }
  return wanted;
}

function publishedOn(name: string): string | null {
  const match = /leche(\d{2})(\d{2})(\d{4})/i.exec(name);
  return match ? isoDay(Number(match[3]), Number(match[2]), Number(match[1])) : null;
}

async function parse(bytes: Uint8Array, name: string): Promise<Parsed> {
  const opened = await openWorkbook(bytes, sniimMilk.limits);
  const reading: Reading = {
    observations: [],
    problems: [],
    averages: 0,
    series: new Map(),
    days: [],
    published: publishedOn(name),
  };
  if (opened.ok) readSheets(opened.sheets, reading);
  else reading.problems.push(opened.problem);
  const { observations, problems, averages } = reading;
  return { observations, problems, skipped: averages > 0 ? { "national-average": averages } : {} };
}

/** What has been read so far. */
interface Reading {
  readonly observations: Observation[];
  readonly problems: Problem[];
  averages: number;
  /** One object a series, so that 27,000 observations share 185 of them. */
  readonly series: Map<string, Dimensions>;
  /** Days of the blocks that were kept, in the order of the sheet. */
  readonly days: string[];
  readonly published: string | null;
}

/** Rows of one block, zero-based: its title, its cities, and where the next block or the sheet's end is. */
interface Block {
  readonly title: number;
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

type Row = Sheet["rows"][number];

/** Reads the sheet called Leche, else the first one that holds blocks; every other sheet is refused by name. */
function readSheets(sheets: readonly Sheet[], reading: Reading): void {
  const withBlocks = sheets.filter((sheet) => findBlocks(sheet).length > 0);
  const chosen = withBlocks.find((sheet) => foldText(sheet.name) === "leche") ?? withBlocks[0];
  for (const sheet of sheets) {
    if (sheet === chosen) continue;
    const values = countNumbers(sheet.rows, 0, sheet.rows.length);
    const found = `sheet ${JSON.stringify(sheet.name)} with ${values} numbers`;
    reading.problems.push(problem("unexpected-sheet", { found, expected: "one sheet, called Leche", values }));
  }
  if (chosen) {
    readSheet(chosen, reading);
    return;
  }
  const found = `${sheets.length} sheets without a row "${titleStart}…"`;
  reading.problems.push(problem("no-blocks", { found, expected: "a sheet of dated price blocks" }));
}

function readSheet(sheet: Sheet, reading: Reading): void {
  const blocks = findBlocks(sheet);
  refuseOutside(sheet, 0, blocks[0]?.title ?? 0, reading);
  for (const [index, block] of blocks.entries()) {
    const next = blocks[index + 1];
    const date = dateBelow(sheet, block);
    const refusal = badLayout(sheet, block) ?? badDate(sheet, block, next ? dateBelow(sheet, next) : null, reading);
    if (refusal || !date) {
      const values = countNumbers(sheet.rows, block.title, block.to);
      if (refusal) reading.problems.push({ ...refusal, period: date?.day ?? null, values });
    } else {
      if (!date.weekdayAgrees) reading.problems.push(weekdayRemark(sheet, block, date.day));
      reading.days.push(date.day);
      refuseOutside(sheet, block.title, block.title + 2, reading);
      readRows(sheet, block, date.day, reading);
    }
    refuseOutside(sheet, block.to, block.limit, reading);
  }
}

function findBlocks(sheet: Sheet): Block[] {
  const titles: { title: number; column: number }[] = [];
  for (const [title, row] of sheet.rows.entries()) {
    const column = row?.findIndex((cell) => foldText(textOf(cell)).includes(titleStart)) ?? -1;
    if (column >= 0) titles.push({ title, column });
  }
  return titles.map(({ title, column }, index) => {
    const limit = titles[index + 1]?.title ?? sheet.rows.length;
    const from = Math.min(title + 4, limit);
    let to = from;
    while (to < limit && !endsBlock(sheet.rows[to])) to++;
    return { title, column, from, to, limit };
  });
}

function endsBlock(row: Row): boolean {
  const first = foldText(textOf(row?.[0]));
  return first === "estado" || /^(fuente|sniim|promedio)/.test(first) || !row?.some((cell) => shown(cell) !== "");
}

function dateBelow(sheet: Sheet, block: Block): ReturnType<typeof readSpanishDate> {
  return readSpanishDate(textOf(sheet.rows[block.title + 1]?.[0]));
}

/** The block's columns are where and what they should be, or the first one that is not. */
function badLayout(sheet: Sheet, block: Block): Problem | null {
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
    const title = foldText(shown(header?.[column]));
    const fits = headers[column]?.includes(title) ?? title === "";
    const at = { column: columnName(column), row: block.title + 3 };
    if (!fits) {
      const expected = headers[column]?.filter((text) => text !== "").join(" or ") || "no header here";
      return problem("unexpected-header", { ...at, found: shown(header?.[column]) || "an empty cell", expected });
    }
    const channel = foldText(shown(channelRow?.[column]));
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
  return repeatedColumn(sheet, block);
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

/** Kind and channel of a price column, as its two headers say. */
function seriesOfColumn(sheet: Sheet, block: Block, column: number): { Tipo: string; Canal: string } {
  const kind = foldText(textOf(sheet.rows[block.title + 2]?.[column < 4 ? 2 : 4]));
  const channel = foldText(textOf(sheet.rows[block.title + 3]?.[column]));
  return { Tipo: kinds.get(kind) ?? "", Canal: channels.get(channel) ?? "" };
}

/** A date that cannot be read, or that the file itself contradicts. */
function badDate(sheet: Sheet, block: Block, next: ReturnType<typeof dateBelow>, reading: Reading): Problem | null {
  const date = dateBelow(sheet, block);
  const at = { row: block.title + 2, column: "A" };
  if (!date) {
    const found = shown(sheet.rows[block.title + 1]?.[0]) || "an empty cell";
    return problem("unreadable-date", { ...at, found, expected: "a date like Viernes, 3 de enero de 2025" });
  }
  const { day, weekdayAgrees } = date;
  const before = reading.days.at(-1);
  const refuse = (reason: string, expected: string) => problem(reason, { ...at, found: day, expected });
  if (reading.days.includes(day)) return refuse("duplicate-date", "one block a day; the first is kept");
  if (reading.published && daysBetween(reading.published, day) > afterNameDaysMax) {
    return refuse(
      "implausible-date",
      `at most ${afterNameDaysMax} days after ${reading.published}, the day in the file's name`,
    );
  }
  const gap = before ? daysBetween(before, day) : 1;
  if (gap > gapDaysMax)
    return refuse("implausible-date", `at most ${gapDaysMax} days after the block before, ${before}`);
  const betweenNeighbours = gap > 0 && gap <= neighbourDaysMax && (!next || day < next.day);
  if (weekdayAgrees || betweenNeighbours) return null;
  return refuse("implausible-date", "a date whose weekday agrees, or that lies between its neighbours");
}

function weekdayRemark(sheet: Sheet, block: Block, day: string): Problem {
  const found = shown(sheet.rows[block.title + 1]?.[0]);
  const expected = `the weekday of ${day}; the date lies between its neighbours and is kept`;
  return problem("weekday-disagrees", { row: block.title + 2, column: "A", period: day, found, expected, values: 0 });
}

function readRows(sheet: Sheet, block: Block, period: string, reading: Reading): void {
  const columns = priceColumns.map((column) => ({ column, ...seriesOfColumn(sheet, block, column) }));
  const covered = rowsUnderMergedState(sheet, block);
  const seen = new Set<string>();
  let state = "";
  for (let index = block.from; index < block.to; index++) {
    const row = sheet.rows[index] ?? [];
    const city = cleanName(textOf(row[1]));
    if (isAverage(row)) {
      reading.averages += countNumbers([row], 0, 1);
      continue;
    }
    const stated = cleanName(textOf(row[0]));
    if (stated !== "" || (covered && !covered.has(index))) state = stated;
    const refusal = badNames(state, city) ?? repeatedCity(seen, state, city);
    if (refusal) {
      reading.problems.push({ ...refusal, row: index + 1, period });
      continue;
    }
    reading.problems.push(...strayCells(row, index, period));
    for (const { column, Tipo, Canal } of columns) {
      const cell = row[column];
      const value = priceOf(cell);
      if (typeof value === "number") {
        const series = shareSeries(reading.series, { Estado: state, Ciudad: city, Tipo, Canal });
        reading.observations.push({ series, variable: "precio", period, value });
      } else {
        const at = { row: index + 1, column: columnName(column), period };
        reading.problems.push(
          problem(value.reason, { ...at, found: shown(cell) || "an empty cell", expected: value.expected }),
        );
      }
    }
  }
}

/** Numbers right of the last price column belong to nobody. */
function strayCells(row: NonNullable<Row>, index: number, period: string): Problem[] {
  return row.slice(lastColumn + 1).flatMap((cell, offset) => {
    if (cell?.kind !== "number") return [];
    const at = { row: index + 1, column: columnName(lastColumn + 1 + offset), period };
    return [
      problem("unexpected-cell", {
        ...at,
        found: shown(cell),
        expected: `nothing right of column ${columnName(lastColumn)}`,
      }),
    ];
  });
}

/** Rows whose state stands in a merged cell above them; null where the sheet merges no state at all. */
function rowsUnderMergedState(sheet: Sheet, block: Block): Set<number> | null {
  const rows = new Set<number>();
  for (const { top, left, bottom } of sheet.merges) {
    if (left !== 0 || bottom < block.from || top >= block.to) continue;
    for (let row = top + 1; row <= bottom; row++) rows.add(row);
  }
  return rows.size > 0 ? rows : null;
}

function badNames(state: string, city: string): Problem | null {
  const refuse = (reason: string, column: string, found: string, expected: string) =>
    problem(reason, { column, found: found || "an empty cell", expected, values: valuesPerRow });
  if (city === "") return refuse("missing-city", "B", city, "the name of a city");
  if (state === "") return refuse("missing-state", "A", state, `the state of ${city}, here or in a merged cell above`);
  if (!nameShape.test(state)) return refuse("implausible-name", "A", state, "a name made of letters");
  if (!nameShape.test(city)) return refuse("implausible-name", "B", city, "a name made of letters");
  return null;
}

function repeatedCity(seen: Set<string>, state: string, city: string): Problem | null {
  const key = JSON.stringify([state, city]);
  if (!seen.has(key)) {
    seen.add(key);
    return null;
  }
  return problem("duplicate-row", {
    column: "B",
    found: city,
    expected: "each city once a block; the first is kept",
    values: valuesPerRow,
  });
}

/** A price in MXN per litre, or the reason why the cell is none. */
function priceOf(cell: Cell | undefined): number | { readonly reason: string; readonly expected: string } {
  const expected = `a price between ${priceMin} and ${priceMax} MXN`;
  if (cell?.kind === "number") {
    if (cell.value === 0) return { reason: "zero-price", expected };
    return cell.value >= priceMin && cell.value <= priceMax ? cell.value : { reason: "out-of-range", expected };
  }
  if (cell?.kind === "formula") return { reason: "formula", expected: `${expected}, not a formula` };
  if (cell?.kind === "malformed") return { reason: "malformed-number", expected: `${expected}, as 23.5` };
  if (cell?.kind === "date") return { reason: "date-instead-of-price", expected };
  const isNumeric = /^[+-]?[.,]*\d[\d.,]*$/.test(textOf(cell).trim());
  return { reason: isNumeric ? "number-as-text" : "no-number", expected };
}

function shareSeries(known: Map<string, Dimensions>, dimensions: Dimensions): Dimensions {
  const key = JSON.stringify(Object.values(dimensions));
  const shared = known.get(key) ?? dimensions;
  known.set(key, shared);
  return shared;
}

function isAverage(row: Row): boolean {
  return [row?.[0], row?.[1]].some((cell) => foldText(textOf(cell)).startsWith("promedio"));
}

/** Between blocks there may be titles and sources, never prices. */
function refuseOutside(sheet: Sheet, from: number, to: number, reading: Reading): void {
  for (let index = from; index < to; index++) {
    const row = sheet.rows[index];
    const values = countNumbers([row], 0, 1);
    if (!row || values === 0) continue;
    if (isAverage(row)) {
      reading.averages += values;
      continue;
    }
    const found = Array.from(row, shown)
      .filter((text) => text !== "")
      .join(" | ");
    reading.problems.push(
      problem("row-outside-block", { row: index + 1, found, expected: "prices only inside a block", values }),
    );
  }
}

/** Numbers where prices may stand: states and cities are no place for them. */
function countNumbers(rows: readonly Row[], from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) {
    rows[index]?.forEach((cell, column) => {
      if (cell?.kind === "number" && column >= priceColumns[0]) count++;
    });
  }
  return count;
}

function textOf(cell: Cell | undefined): string {
  return cell?.kind === "text" ? cell.value : "";
}
