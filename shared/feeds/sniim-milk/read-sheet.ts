/** Reads a SNIIM sheet as observations and problems. */

import type { Blank, Observation, Problem } from "../feed.ts";
import { foundMax, problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import { columnName } from "../text.ts";
import { cleanedText, type Sheet, shown } from "../workbook/cell.ts";
import { checkBlockDates } from "./block-dates.ts";
import { type Block, blocksMax, findBlocks, seriesOfColumn } from "./blocks.ts";
import { countNumbers, isAverage, movedPrices, priceColumns, priceOf, titleStart, valuesPerRow } from "./cells.ts";
import { chooseSheet } from "./choose-sheet.ts";
import { badNames, cityKey, Spellings, spellingsMax, stateKey } from "./names.ts";
import { type Located, refuseJumps } from "./refuse-jumps.ts";

/** A series during reading. Its names get one spelling at the end. */
interface Series {
  Estado: string;
  Ciudad: string;
  readonly Tipo: string;
  readonly Canal: string;
}

/** The state of reading a workbook. */
export interface Reading {
  readonly observations: readonly Observation[];
  readonly blanks: readonly Blank[];
  readonly problems: ProblemList;
  averages: number;
  /** Why a person must review the file first, or null. */
  readonly doubt: string | null;
  /** The day in the file's name, or null. */
  readonly published: string | null;
}

interface SheetReading extends Reading {
  readonly sheet: Sheet;
  /** Every valid price, in the order of the sheet. */
  readonly prices: Located[];
  readonly blanks: Blank[];
  /** 1 for every row whose state is in a merged cell above it. */
  readonly covered: Uint8Array;
  /** One object per series, so that 27,000 observations share 185 objects. */
  readonly series: Map<string, Series & Record<string, string>>;
  readonly spellings: Spellings;
}

/** Reads the chosen sheet (`choose-sheet.ts`). Every other sheet is listed as a problem. */
export function readSheets(sheets: readonly Sheet[], published: string | null, problems: ProblemList): Reading {
  const { chosen, doubt } = chooseSheet(sheets.filter((sheet) => findBlocks(sheet).length > 0));
  for (const sheet of sheets) {
    if (sheet === chosen) continue;
    const values = countNumbers(sheet.rows, 0, sheet.rows.length);
    const found = `${sheet.isHidden ? "hidden sheet" : "sheet"} ${JSON.stringify(sheet.name)} with ${values} numbers`;
    // A hidden sheet is not part of the publication, so its values do not count as lost.
    const cost = sheet.isHidden ? 0 : values;
    problems.add(problem("unexpected-sheet", { found, expected: "one sheet, named Leche", values: cost }));
  }
  const reading: Reading = { observations: [], blanks: [], problems, averages: 0, doubt, published };
  if (chosen) return readSheet(chosen, reading);
  const found = `${sheets.length} sheets without a row "${titleStart}…"`;
  problems.add(problem("no-blocks", { found, expected: "a sheet of dated price blocks" }));
  return reading;
}

function readSheet(sheet: Sheet, before: Reading): Reading {
  const covered = rowsUnderMergedStates(sheet);
  const series = new Map();
  const reading: SheetReading = {
    ...before,
    sheet,
    prices: [],
    blanks: [],
    covered,
    series,
    spellings: new Spellings(),
  };
  const blocks = findBlocks(sheet);
  if (blocks.length > blocksMax) {
    const found = `more than ${blocksMax} blocks in ${sheet.name}`;
    reading.problems.add(problem("too-many-blocks", { found, expected: `at most ${blocksMax}` }));
    return reading;
  }
  refuseOutside(reading, 0, blocks[0]?.title ?? 0);
  for (const { block, day, refusal, remark } of checkBlockDates(sheet, blocks, reading.published)) {
    if (refusal || day === null) {
      const values = countNumbers(sheet.rows, block.title, block.to);
      if (refusal) reading.problems.add({ ...refusal, period: day, values });
    } else {
      if (remark) reading.problems.add(remark);
      refuseOutside(reading, block.title, block.title + 2);
      readRows(reading, block, day);
    }
    refuseOutside(reading, block.to, block.limit);
  }
  spellInOneWay(reading);
  return { ...reading, observations: refuseJumps(reading.prices, reading.problems) };
}

/** Marks the rows that a merged range of column A covers below its first row. O(rows + merges). */
function rowsUnderMergedStates({ rows, merges }: Sheet): Uint8Array {
  const starts = new Int32Array(rows.length + 1);
  for (const { top, left, bottom } of merges) {
    if (left !== 0 || top + 1 >= rows.length) continue;
    starts[top + 1] = (starts[top + 1] ?? 0) + 1;
    const end = Math.min(bottom + 1, rows.length);
    starts[end] = (starts[end] ?? 0) - 1;
  }
  let open = 0;
  return Uint8Array.from({ length: rows.length }, (_, row) => {
    open += starts[row] ?? 0;
    return open > 0 ? 1 : 0;
  });
}

function readRows(reading: SheetReading, block: Block, period: string): void {
  const { sheet, covered } = reading;
  const columns = priceColumns.map((column) => ({ column, ...seriesOfColumn(sheet, block, column) }));
  // A block without merged states writes a state only in its first row.
  const mergesStates = covered.subarray(block.from, block.to).includes(1);
  const repeats = new Repeats();
  let state = "";
  for (let index = block.from; index < block.to; index++) {
    const row = sheet.rows[index] ?? [];
    const city = cleanedText(row[1]);
    if (isAverage(row)) {
      reading.averages += countNumbers([row], 0, 1);
      continue;
    }
    const stated = cleanedText(row[0]);
    if (stated !== "" || (mergesStates && covered[index] === 0)) state = stated;
    const refusal =
      badNames(state, city, row) ??
      repeats.refusal(state, city) ??
      movedPrices(row) ??
      tooManyNames(reading.spellings, state, city);
    if (refusal) {
      reading.problems.add({ ...refusal, row: index + 1, period });
      continue;
    }
    const place = cityKey(state, city);
    if (stated !== "") reading.spellings.add(stateKey(state), state, { row: index + 1, column: "A" });
    reading.spellings.add(place, city, { row: index + 1, column: "B" });
    for (const { column, Tipo, Canal } of columns) {
      const cell = row[column];
      const value = priceOf(cell);
      const variable = "precio";
      const series = shareSeries(reading, place, { Estado: state, Ciudad: city, Tipo, Canal });
      if (typeof value === "number") {
        reading.prices.push({ observation: { series, variable, period, value }, row: index, column });
      } else {
        const at = { row: index + 1, column: columnName(column), period };
        const found = shown(cell) || "an empty cell";
        reading.problems.add(problem(value.reason, { ...at, found, expected: value.expected }));
        if (value.reason === "no-number") reading.blanks.push({ series, variable, period });
      }
    }
  }
}

/** Limits the memory for names: every new name takes a kilobyte. */
function tooManyNames(spellings: Spellings, state: string, city: string): Problem | null {
  if (!spellings.isFull || spellings.has(cityKey(state, city), city)) return null;
  const expected = `at most ${spellingsMax} names of states and cities in one file`;
  return problem("too-many-names", { column: "B", found: city, expected, values: valuesPerRow });
}

/** Finds cities that occur twice in one block. */
class Repeats {
  readonly #seen = new Map<string, string>();
  #first = "";
  #isBegunAgain = false;

  refusal(state: string, city: string): Problem | null {
    const key = cityKey(state, city);
    const before = this.#seen.get(key);
    if (this.#seen.size === 0) this.#first = key;
    else if (key === this.#first) this.#isBegunAgain = true;
    if (before === undefined && !this.#isBegunAgain) {
      this.#seen.set(key, city);
      return null;
    }
    const about = { column: "B", found: city, values: valuesPerRow };
    if (before === undefined) {
      const expected = "a title and a date above these rows: the first city of the block was repeated above";
      return problem("row-outside-block", { ...about, expected });
    }
    const spelled = before === city ? "" : ` (as ${before})`;
    return problem("duplicate-row", {
      ...about,
      expected: `each city once per block${spelled}; the first row is used`,
    });
  }
}

function shareSeries({ series }: SheetReading, place: string, dimensions: Series): Series & Record<string, string> {
  const key = `${place}\n${dimensions.Tipo}\n${dimensions.Canal}`;
  const shared = series.get(key) ?? { ...dimensions };
  series.set(key, shared);
  return shared;
}

function spellInOneWay({ series, spellings, problems }: SheetReading): void {
  const { canonical, remarks } = spellings.settle();
  for (const each of series.values()) {
    each.Ciudad = canonical.get(cityKey(each.Estado, each.Ciudad)) ?? each.Ciudad;
    each.Estado = canonical.get(stateKey(each.Estado)) ?? each.Estado;
  }
  problems.addAll(remarks);
}

/** Rejects prices between blocks, where only titles and sources may be. */
function refuseOutside(reading: SheetReading, from: number, to: number): void {
  for (let index = from; index < to; index++) {
    const row = reading.sheet.rows[index];
    const values = countNumbers([row], 0, 1);
    if (!row || values === 0) continue;
    if (isAverage(row)) {
      reading.averages += values;
      continue;
    }
    reading.problems.add(
      problem("row-outside-block", {
        row: index + 1,
        found: shownRow(row),
        expected: "prices only inside a block",
        values,
      }),
    );
  }
}

/** Returns the text of a row's cells, as much as a problem shows. */
function shownRow(row: Sheet["rows"][number]): string {
  let text = "";
  for (const cell of row ?? []) {
    const part = shown(cell);
    if (part === "") continue;
    text += `${text === "" ? "" : " | "}${part}`;
    if (text.length > foundMax) break;
  }
  return text;
}
