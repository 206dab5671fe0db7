/**
 * Reads one sheet part (ECMA-376 part 1, 18.3), strictly.
 *
 * Spreadsheet programs are tolerant: some read `23,5` as 23, use the cached result of a formula, or take the last of
 * two cells at one address. A history of prices must not contain guesses, so a cell that does not clearly contain one
 * value becomes a fault.
 */
import { type Address, addressOf, columnsMax, impossible, isInside, rangeOf } from "./address.ts";
import { type Cell, type CellRange, type Fault, type Sheet, type Text, textLengthMax } from "./cell.ts";
import { WorkbookRefusal } from "./refusal.ts";
import { readText, textCell } from "./shared-parts.ts";
import type { XmlReader } from "./xml.ts";

/** The shared parts of a workbook, which cells reference, and the limit on the number of cells. */
export interface SheetContext {
  readonly sheet: string;
  readonly strings: readonly (Text | null)[];
  /** For every style, the code of its format if that shows a date, else null. */
  readonly dateFormats: readonly (string | null)[];
  readonly budget: CellBudget;
}

/** Counts the rows, cells and gaps of all sheets of a workbook. A gap before a cell takes as long to scan as a cell. */
export class CellBudget {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  take(count: number, sheet: string): void {
    this.#used += count;
    if (this.#used <= this.#max) return;
    const found = `at least ${this.#used} rows, cells and gaps up to the sheet ${sheet}`;
    throw new WorkbookRefusal("too-many-cells", found, `at most ${this.#max}`);
  }
}

/** A sheet may have one merged range per row, and always this many. Real publications have one in three rows. */
const mergesMax = 1_000;
/** Largest number of formulas that fill a range. Publications have none. */
const filledRangesMax = 100;
/** A double of XML Schema (xsd:double) without INF and NaN; space around it is allowed. */
const double = /^[ \t\r\n]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?[ \t\r\n]*$/;

export function scanSheet(xml: XmlReader, context: SheetContext): Pick<Sheet, "rows" | "merges"> {
  const scan = new SheetScan(context);
  while (xml.next()) {
    if (xml.isEnd) continue;
    const { path } = xml;
    if (path === "sheetData/row") scan.startRow(xml.attributes().get("r"));
    else if (path === "sheetData/row/c") scan.readCell(xml);
    else if (path === "mergeCells/mergeCell") scan.merge(xml.attributes().get("ref") ?? "");
  }
  const { rows, merges, rowsRead } = scan;
  const allowed = Math.max(mergesMax, rowsRead);
  if (merges.length > allowed) {
    const found = `${merges.length} merged ranges in ${context.sheet}`;
    throw new WorkbookRefusal("too-many-merges", found, `at most ${allowed}, as many as rows`);
  }
  return { rows, merges };
}

class SheetScan {
  readonly rows: (Cell | undefined)[][] = [];
  readonly merges: CellRange[] = [];
  rowsRead = 0;
  readonly #context: SheetContext;
  readonly #filled: CellRange[] = [];
  #at: Address = { row: -1, column: -1 };
  /** The last address so far. Cells are stored in reading order; a cell that is not after all others may be a duplicate. */
  #furthest = -1;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  startRow(reference: string | undefined): void {
    this.#at = { row: addressOf(`A${reference ?? this.#at.row + 2}`).row, column: -1 };
    this.rowsRead++;
    this.#count(1);
  }

  merge(reference: string): void {
    this.#count(1);
    this.merges.push(rangeOf(reference));
  }

  readCell(xml: XmlReader): void {
    const attributes = xml.attributes();
    const { row, column } = this.#at;
    const reference = attributes.get("r");
    const at = reference === undefined ? { row, column: column + 1 } : addressOf(reference);
    if (at.row !== row) throw impossible(`a cell ${reference} in row ${row + 1}`);
    if (at.column >= columnsMax) throw impossible(`a cell in column ${at.column + 1}`);
    this.#count(Math.max(1, at.column - column));
    this.#at = at;
    const place = at.row * columnsMax + at.column;
    const isInOrder = place > this.#furthest;
    this.#furthest = Math.max(this.#furthest, place);
    const cell = this.#readContent(xml, attributes, isInOrder);
    if (cell === null) return;
    const cells = this.rows[row] ?? [];
    this.rows[row] = cells;
    cells[at.column] = cell;
  }

  /** Reads the content of the cell; null if it is empty. */
  #readContent(xml: XmlReader, attributes: ReadonlyMap<string, string>, isInOrder: boolean): Cell | null {
    const { depth } = xml;
    const type = attributes.get("t") ?? "n";
    const values: string[] = [];
    let formula = this.#filled.some((range) => isInside(range, this.#at)) ? "filled by a formula" : null;
    while (xml.next() && xml.depth > depth) {
      if (xml.isEnd || xml.depth > depth + 1) continue;
      if (xml.name === "f") formula = this.#readFormula(xml);
      else if (xml.name === "v" && type !== "inlineStr") values.push(xml.content());
      else if (xml.name === "is" && type === "inlineStr") values.push(readText(xml));
    }
    const text = values.join(" and ");
    if (formula !== null) return fault("formula", `${formula} (${text})`);
    if (values.length === 0) return null;
    if (!isInOrder) return fault("malformed", `${text}, in a cell that is repeated or out of order`);
    if (values.length > 1) return fault("malformed", text);
    return this.#contentOf(type, text, attributes.get("s"));
  }

  /** Converts a value by its type (ECMA-376 part 1, 18.18.11). */
  #contentOf(type: string, text: string, style: string | undefined): Cell {
    switch (type) {
      case "n":
        if (!double.test(text) || !Number.isFinite(Number(text)))
          return fault("malformed", text.trim() || "an empty value");
        return this.#numberOf(Number(text), style);
      case "s": {
        const shared = /^\d+$/.test(text) ? this.#context.strings[Number(text)] : null;
        return shared ?? fault("malformed", `shared string ${text}, which is missing or too long`);
      }
      case "str":
      case "inlineStr":
        return textCell(text) ?? fault("malformed", text);
      case "b":
        return fault("boolean", String(text.trim() === "1" || text.trim() === "true"));
      case "e":
        return fault("error", text.trim() || "an error");
      case "d":
        return fault("date", text);
      default:
        return fault("malformed", `${text} of type ${type}`);
    }
  }

  #numberOf(value: number, style: string | undefined): Cell {
    const format = style !== undefined && /^\d{1,9}$/.test(style) ? this.#context.dateFormats[Number(style)] : null;
    return format === null || format === undefined
      ? { kind: "number", value }
      : fault("date", `${value} formatted as ${format}`);
  }

  #readFormula(xml: XmlReader): string {
    const attributes = xml.attributes();
    const range = attributes.get("t") === "shared" ? undefined : attributes.get("ref");
    // Array formulas and data tables fill cells that have no formula themselves.
    if (range !== undefined && this.#filled.push(rangeOf(range)) > filledRangesMax) {
      const found = `more than ${filledRangesMax} formulas that fill ranges`;
      throw new WorkbookRefusal("too-many-formulas", found, "prices without formulas");
    }
    const formula = xml.content();
    return formula === "" ? "a formula" : `=${formula}`;
  }

  #count(more: number): void {
    this.#context.budget.take(more, this.#context.sheet);
  }
}

function fault(kind: Fault["kind"], shown: string): Fault {
  return { kind, shown: shown.length > textLengthMax ? shown.slice(0, textLengthMax) : shown };
}
