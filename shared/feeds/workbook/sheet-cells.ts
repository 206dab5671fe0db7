/**
 * The cells and merged ranges of one sheet part (ECMA-376 part 1, 18.3), read so that a number is a number only if the
 * file says so plainly: one value, spelled as XML Schema spells a double, in a cell that stands once and holds no formula.
 */
import { columnName } from "../text.ts";
import { Refusal } from "./refusal.ts";
import { readRichText, unescapeControls } from "./rich-text.ts";
import type { XmlReader } from "./xml.ts";

/** What a cell holds. Only `number` is a plainly stated number; `malformed` is one that cannot be read with certainty. */
export type Cell =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "formula" | "date" | "error" | "boolean" | "malformed"; readonly shown: string };

/** Zero-based and inclusive. */
export interface Range {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface SheetCells {
  /** Rows from the top, each with its cells from column A; both are sparse. */
  readonly rows: readonly (readonly (Cell | undefined)[] | undefined)[];
  readonly merges: readonly Range[];
}

/** What the cells of a sheet refer to, and how many there may be. */
export interface SheetContext {
  readonly sheet: string;
  readonly strings: readonly string[];
  readonly dateFormats: readonly (string | null)[];
  /** Rows and cells; and cells with the gaps left of them, which cost as much to look through. */
  readonly cellsMax: number;
}

/** The grid of every spreadsheet program: A1 to XFD1048576. */
const [rowsMax, columnsMax] = [1_048_576, 16_384];
/** What a cell can hold in every spreadsheet program; a longer text is no name and no number. */
const textLengthMax = 32_767;
/** A sheet may merge as often as it has rows, and a small one this often. Real publications: once in three rows. */
const mergesMax = 1_000;
/** A double of XML Schema (xsd:double), without INF and NaN; space around it does not count. */
const double = /^[ \t\r\n]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?[ \t\r\n]*$/;

export function readSheetCells(xml: XmlReader, context: SheetContext): SheetCells {
  const grid = new Grid(context);
  const merges: Range[] = [];
  let list = "";
  let item = "";
  while (xml.next()) {
    if (xml.isEnd) continue;
    if (xml.depth === 1) list = xml.name;
    if (xml.depth === 2) {
      item = `${list}/${xml.name}`;
      if (item === "sheetData/row") grid.startRow(xml.attributes().get("r"));
      if (item === "mergeCells/mergeCell") merges.push(rangeOf(xml.attributes().get("ref") ?? ""));
    }
    if (xml.depth === 3 && item === "sheetData/row" && xml.name === "c") readCell(xml, grid, context);
  }
  const allowed = Math.max(mergesMax, grid.rowsRead);
  if (merges.length > allowed) {
    throw new Refusal(
      "too-many-merges",
      `${merges.length} merged ranges in ${context.sheet}`,
      `at most ${allowed}, as many as rows`,
    );
  }
  return { rows: grid.rows, merges };
}

/** Puts cells where they say they are, and refuses what no sheet can hold. */
class Grid {
  readonly rows: (Cell | undefined)[][] = [];
  rowsRead = 0;
  readonly #context: SheetContext;
  #row = -1;
  #column = -1;
  #cells = 0;
  #width = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  startRow(reference: string | undefined): void {
    this.#row = reference === undefined ? this.#row + 1 : rowIndex(reference);
    if (this.#row >= rowsMax) throw impossible(`row ${this.#row + 1}`);
    this.#column = -1;
    this.rowsRead++;
    this.#count();
  }

  /** Moves to a cell of the row, the next one if it does not say which. */
  startCell(reference: string | undefined): void {
    const [, letters = "", digits = ""] = /^([A-Z]+)(\d+)$/.exec(reference ?? "") ?? [];
    if (reference !== undefined && (letters === "" || rowIndex(digits) !== this.#row)) {
      throw impossible(`a cell ${JSON.stringify(reference)} in row ${this.#row + 1}`);
    }
    this.#column = reference === undefined ? this.#column + 1 : columnIndex(letters);
    if (this.#column >= columnsMax) throw impossible(`a cell in column ${columnName(this.#column)}`);
    this.#count();
  }

  put(cell: Cell): void {
    this.rows[this.#row] ??= [];
    const row = this.rows[this.#row] ?? [];
    const before = row[this.#column];
    this.#width += Math.max(0, this.#column + 1 - row.length);
    if (this.#width > this.#context.cellsMax) this.#refuse(this.#width, "cells with the gaps left of them");
    row[this.#column] = before ? { kind: "malformed", shown: `${shown(before)} and ${shown(cell)}` } : cell;
  }

  #count(): void {
    this.#cells++;
    if (this.#cells > this.#context.cellsMax) this.#refuse(this.#cells, "rows and cells");
  }

  #refuse(count: number, what: string): never {
    const { sheet, cellsMax } = this.#context;
    throw new Refusal("too-many-cells", `${count} or more ${what} in ${sheet}`, `at most ${cellsMax}`);
  }
}

function readCell(xml: XmlReader, grid: Grid, context: SheetContext): void {
  const { depth } = xml;
  const attributes = xml.attributes();
  grid.startCell(attributes.get("r"));
  const type = attributes.get("t") ?? "n";
  const values: string[] = [];
  let formula: string | null = null;
  while (xml.next() && xml.depth > depth) {
    if (xml.isEnd || xml.depth > depth + 1) continue;
    if (xml.name === "f") formula = xml.content();
    else if (xml.name === "v" && type !== "inlineStr") values.push(xml.content());
    else if (xml.name === "is" && type === "inlineStr") values.push(readRichText(xml));
  }
  const format = context.dateFormats[Number(attributes.get("s") ?? "0")] ?? null;
  const value = values.length > 1 ? malformed(values.join(" and ")) : cellOf(type, values[0], { ...context, format });
  if (formula !== null)
    grid.put({ kind: "formula", shown: `${formula === "" ? "a formula" : `=${formula}`} (${shown(value)})` });
  else if (value) grid.put(value);
}

/** What a value of a type (ECMA-376 part 1, 18.18.11) means; undefined for an empty cell. */
function cellOf(
  type: string,
  value: string | undefined,
  { strings, format }: Pick<SheetContext, "strings"> & { readonly format: string | null },
): Cell | undefined {
  if (value === undefined || (value.trim() === "" && type !== "str" && type !== "inlineStr")) return undefined;
  switch (type) {
    case "n":
      return numberOf(value, format);
    case "s": {
      const text = /^\d+$/.test(value) ? strings[Number(value)] : undefined;
      return text === undefined ? malformed(`shared string ${value}`) : textOf(text);
    }
    case "str":
      return textOf(unescapeControls(value));
    case "inlineStr":
      return textOf(value);
    case "b":
      return { kind: "boolean", shown: value === "1" ? "true" : "false" };
    case "e":
      return { kind: "error", shown: value };
    case "d":
      return { kind: "date", shown: value };
    default:
      return malformed(`${value} of type ${type}`);
  }
}

function textOf(value: string): Cell {
  return value.length > textLengthMax ? malformed(value) : { kind: "text", value };
}

function numberOf(text: string, format: string | null): Cell {
  const value = double.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) return malformed(text);
  return format === null ? { kind: "number", value } : { kind: "date", shown: `${value} formatted as ${format}` };
}

function malformed(found: string): Cell {
  return { kind: "malformed", shown: found.slice(0, textLengthMax) };
}

/** What a cell says, for people. */
export function shown(cell: Cell | undefined): string {
  if (!cell) return "";
  return "value" in cell ? String(cell.value).trim() : cell.shown.trim();
}

function rangeOf(reference: string): Range {
  const match = /^([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?$/.exec(reference);
  const [, left = "", top = "", right = left, bottom = top] = match ?? [];
  const range = { top: rowIndex(top), left: columnIndex(left), bottom: rowIndex(bottom), right: columnIndex(right) };
  const isOrdered = range.top <= range.bottom && range.left <= range.right;
  if (!match || !isOrdered || range.bottom >= rowsMax || range.right >= columnsMax) {
    throw impossible(`a merged range ${JSON.stringify(reference)}`);
  }
  return range;
}

/** `1` → 0; beyond every row when it is no row. */
function rowIndex(digits: string): number {
  return /^[1-9]\d{0,6}$/.test(digits) ? Number(digits) - 1 : rowsMax;
}

/** `A` → 0, `AB` → 27; beyond every column when it is none. */
function columnIndex(letters: string): number {
  if (!/^[A-Z]{1,3}$/.test(letters)) return columnsMax;
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

function impossible(found: string): Refusal {
  return new Refusal("impossible-address", found, `cells of A1 to XFD${rowsMax}, each in its own row`);
}
