/**
 * Looks through one sheet part (ECMA-376 part 1, 18.3) before SheetJS does.
 *
 * SheetJS reads kindly: `23,5` is 23 to it, a formula's last result is a number, the last of two cells in one place
 * wins. A history of prices must not guess. So every cell that it would read otherwise than it stands is noted here
 * as a fault and kept from it; the others are handed on in plain XML, each with its address.
 */
import * as XLSX from "xlsx";
import type { Fault } from "./cell.ts";
import { textLengthMax } from "./cell.ts";
import { plainText } from "./plain-parts.ts";
import { Refusal } from "./refusal.ts";
import { escapeXml, type XmlReader } from "./xml.ts";

export interface ScannedSheet {
  /** `sheetData` and `mergeCells`, nothing else. */
  readonly plain: string;
  readonly faults: readonly { readonly row: number; readonly column: number; readonly fault: Fault }[];
}

/** What the cells of a sheet refer to, and how many there may be. */
export interface SheetContext {
  readonly sheet: string;
  /** How many shared strings there are. */
  readonly strings: number;
  /** Rows and cells; and cells with the gaps left of them, which cost as much to look through. */
  readonly cellsMax: number;
}

/** The grid of every spreadsheet program: A1 to XFD1048576. */
const [rowsMax, columnsMax] = [1_048_576, 16_384];
/** A sheet may merge as often as it has rows, and a small one this often. Real publications: once in three rows. */
const mergesMax = 1_000;
/** A double of XML Schema (xsd:double), without INF and NaN; space around it does not count. */
const double = /^[ \t\r\n]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?[ \t\r\n]*$/;

export function scanSheet(xml: XmlReader, context: SheetContext): ScannedSheet {
  const scan = new SheetScan(context);
  const merges: string[] = [];
  let [list, item] = ["", ""];
  while (xml.next()) {
    if (xml.isEnd) continue;
    if (xml.depth === 1) list = xml.name;
    if (xml.depth === 2) {
      item = `${list}/${xml.name}`;
      if (item === "sheetData/row") scan.startRow(xml.attributes().get("r"));
      if (item === "mergeCells/mergeCell") merges.push(plainMerge(xml.attributes().get("ref") ?? ""));
    }
    if (xml.depth === 3 && item === "sheetData/row" && xml.name === "c") scanCell(xml, scan, context.strings);
  }
  const allowed = Math.max(mergesMax, scan.rowsRead);
  if (merges.length > allowed) {
    const found = `${merges.length} merged ranges in ${context.sheet}`;
    throw new Refusal("too-many-merges", found, `at most ${allowed}, as many as rows`);
  }
  const plain = `<sheetData>${scan.plain.join("")}</sheetData><mergeCells>${merges.join("")}</mergeCells>`;
  return { plain, faults: scan.faults };
}

/** What a cell holds: plain XML for SheetJS, or a fault. */
type Content = { readonly type: string; readonly style: string; readonly xml: string } | Fault;

/** Puts cells where they say they are, and refuses what no sheet can hold. */
class SheetScan {
  readonly plain: string[] = [];
  readonly faults: { row: number; column: number; fault: Fault }[] = [];
  rowsRead = 0;
  readonly #context: SheetContext;
  /** What the cells say, as text, to tell when one stands twice. */
  readonly #stands: (string | undefined)[][] = [];
  #row = -1;
  #column = -1;
  #cells = 0;
  #width = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  startRow(reference: string | undefined): void {
    if (reference !== undefined && !/^[1-9]\d{0,6}$/.test(reference)) throw impossible(`a row ${reference}`);
    this.#row = reference === undefined ? this.#row + 1 : Number(reference) - 1;
    if (this.#row >= rowsMax) throw impossible(`row ${this.#row + 1}`);
    this.#column = -1;
    this.rowsRead++;
    this.#count();
  }

  /** Moves to a cell of the row, the next one if it does not say which. */
  startCell(reference: string | undefined): void {
    const address = reference === undefined ? { r: this.#row, c: this.#column + 1 } : addressOf(reference);
    if (address.r !== this.#row || address.c >= columnsMax) {
      throw impossible(`a cell ${reference ?? XLSX.utils.encode_cell(address)} in row ${this.#row + 1}`);
    }
    this.#column = address.c;
    this.#count();
  }

  put(content: Content, text: string): void {
    const [row, column] = [this.#row, this.#column];
    this.#stands[row] ??= [];
    const stands = this.#stands[row] ?? [];
    const before = stands[column];
    this.#width += Math.max(0, column + 1 - stands.length);
    if (this.#width > this.#context.cellsMax) this.#refuse(this.#width, "cells with the gaps left of them");
    stands[column] = before === undefined ? text : `${before} and ${text}`;
    if (before !== undefined) this.faults.push({ row, column, fault: malformed(stands[column]) });
    else if ("kind" in content) this.faults.push({ row, column, fault: content });
    else {
      const { type, style, xml } = content;
      const address = XLSX.utils.encode_cell({ r: row, c: column });
      this.plain.push(`<row r="${row + 1}"><c r="${address}" s="${style}" t="${type}">${xml}</c></row>`);
    }
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

function scanCell(xml: XmlReader, scan: SheetScan, strings: number): void {
  const { depth } = xml;
  const attributes = xml.attributes();
  scan.startCell(attributes.get("r"));
  const type = attributes.get("t") ?? "n";
  const values: string[] = [];
  let formula: string | null = null;
  while (xml.next() && xml.depth > depth) {
    if (xml.isEnd || xml.depth > depth + 1) continue;
    if (xml.name === "f") formula = xml.content();
    else if (xml.name === "v" && type !== "inlineStr") values.push(xml.content());
    else if (xml.name === "is" && type === "inlineStr") values.push(plainText(xml));
  }
  const text = values.join(" and ");
  if (formula !== null) {
    const shown = `${formula === "" ? "a formula" : `=${formula}`} (${text})`;
    scan.put({ kind: "formula", shown }, shown);
  } else if (values.length > 1) scan.put(malformed(text), text);
  else if (values.length === 1) scan.put(contentOf({ type, text, strings, style: attributes.get("s") ?? "0" }), text);
}

/** What a value of a type (ECMA-376 part 1, 18.18.11) is to SheetJS, or why it must not see it. */
function contentOf(cell: { type: string; style: string; text: string; strings: number }): Content {
  const { type, text } = cell;
  const style = /^\d{1,9}$/.test(cell.style) ? cell.style : "0";
  const value = { type, style, xml: `<v>${escapeXml(text.trim())}</v>` };
  switch (type) {
    case "n":
      return double.test(text) && Number.isFinite(Number(text)) ? value : malformed(text || "an empty value");
    case "s":
      return /^\d+$/.test(text) && Number(text) < cell.strings ? value : malformed(`shared string ${text}`);
    // As text in the cell, because SheetJS resolves the references of `str` twice.
    case "str":
      return { type: "inlineStr", style, xml: `<is><t>${escapeXml(text)}</t></is>` };
    case "inlineStr":
      return { type, style, xml: `<is>${text}</is>` };
    case "b":
    case "e":
      return value;
    case "d":
      return { kind: "date", shown: text };
    default:
      return malformed(`${text} of type ${type}`);
  }
}

function malformed(found: string): Fault {
  return { kind: "malformed", shown: found.slice(0, textLengthMax) };
}

function plainMerge(reference: string): string {
  const [start = "", end = start, more] = reference.split(":");
  const [{ r: top, c: left }, { r: bottom, c: right }] = [addressOf(start), addressOf(end)];
  const isInside = bottom < rowsMax && right < columnsMax;
  if (more !== undefined || !isInside || top > bottom || left > right) {
    throw impossible(`a merged range ${JSON.stringify(reference)}`);
  }
  return `<mergeCell ref="${start}:${end}"/>`;
}

function addressOf(reference: string): XLSX.CellAddress {
  if (!/^[A-Z]{1,3}[1-9]\d{0,6}$/.test(reference)) throw impossible(`an address ${JSON.stringify(reference)}`);
  return XLSX.utils.decode_cell(reference);
}

function impossible(found: string): Refusal {
  return new Refusal("impossible-address", found, `cells of A1 to XFD${rowsMax}, each in its own row`);
}
