/**
 * Looks through one sheet part (ECMA-376 part 1, 18.3) before SheetJS does.
 *
 * SheetJS reads kindly: `23,5` is 23 to it, a formula's last result is a number, the last of two cells in one place
 * wins. A history of prices must not guess. So every cell that it would read otherwise than it stands is noted here
 * as a fault and kept from it; the others are handed on in plain XML, each with its address.
 */
import * as XLSX from "xlsx";
import { type Fault, textLengthMax } from "./cell.ts";
import { readText, tooLongString } from "./plain-parts.ts";
import { Refusal } from "./refusal.ts";
import { escapeXml, XmlReader } from "./xml.ts";

export interface ScannedSheet {
  /** `sheetData` and `mergeCells`, nothing else. */
  readonly plain: string;
  readonly faults: readonly (XLSX.CellAddress & { readonly fault: Fault })[];
}

/** What the cells of a sheet refer to, and how many there may be. */
export interface SheetContext {
  readonly sheet: string;
  /** The shared strings in plain XML. */
  readonly strings: readonly string[];
  /** Rows, cells, and the gaps left of cells, which cost as much to look through. */
  readonly cellsMax: number;
}

/** The grid of every spreadsheet program: A1 to XFD1048576. */
const [rowsMax, columnsMax] = [1_048_576, 16_384];
/** A sheet may merge as often as it has rows, and a small one this often. Real publications: once in three rows. */
const mergesMax = 1_000;
/** Formulas that fill a range. Publications have none. */
const filledRangesMax = 100;
/** A double of XML Schema (xsd:double), without INF and NaN; space around it does not count. */
const double = /^[ \t\r\n]*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?[ \t\r\n]*$/;

export function scanSheet(part: Uint8Array, context: SheetContext): ScannedSheet {
  const xml = new XmlReader(part);
  const scan = new SheetScan(context);
  while (xml.next()) {
    if (xml.isEnd) continue;
    const { path } = xml;
    if (path === "sheetData/row") scan.startRow(xml.attributes().get("r"));
    else if (path === "sheetData/row/c") scan.readCell(xml);
    else if (path === "mergeCells/mergeCell") scan.merges.push(rangeOf(xml.attributes().get("ref") ?? ""));
  }
  scan.endRow();
  const { rows, merges, faults, rowsRead } = scan;
  const allowed = Math.max(mergesMax, rowsRead);
  if (merges.length > allowed) {
    const found = `${merges.length} merged ranges in ${context.sheet}`;
    throw new Refusal("too-many-merges", found, `at most ${allowed}, as many as rows`);
  }
  const merged = merges.map((range) => `<mergeCell ref="${XLSX.utils.encode_range(range)}"/>`);
  return { plain: `<sheetData>${rows.join("")}</sheetData><mergeCells>${merged.join("")}</mergeCells>`, faults };
}

/** What SheetJS is to see of a cell, or why it must not. */
type Content = { readonly type: string; readonly plain: string } | Fault;

class SheetScan {
  /** Rows in plain XML. */
  readonly rows: string[] = [];
  readonly merges: XLSX.Range[] = [];
  readonly faults: (XLSX.CellAddress & { readonly fault: Fault })[] = [];
  rowsRead = 0;
  readonly #context: SheetContext;
  readonly #filled: XLSX.Range[] = [];
  #at: XLSX.CellAddress = { r: -1, c: -1 };
  /** Cells stand in reading order; one that does not come after all before it stands twice, or might. */
  #furthest = -1;
  #row: string[] = [];
  #cells = 0;

  constructor(context: SheetContext) {
    this.#context = context;
  }

  startRow(reference: string | undefined): void {
    this.endRow();
    this.#at = { r: addressOf(`A${reference ?? this.#at.r + 2}`).r, c: -1 };
    this.rowsRead++;
    this.#count(1);
  }

  /** Joined row by row: text added to text a million times takes several times its own memory. */
  endRow(): void {
    if (this.#row.length > 0) this.rows.push(`<row r="${this.#at.r + 1}">${this.#row.join("")}</row>`);
    this.#row = [];
  }

  readCell(xml: XmlReader): void {
    const attributes = xml.attributes();
    const { r, c } = this.#at;
    const reference = attributes.get("r") ?? XLSX.utils.encode_cell({ r, c: c + 1 });
    const at = addressOf(reference);
    if (at.r !== r) throw impossible(`a cell ${reference} in row ${r + 1}`);
    this.#count(Math.max(1, at.c - c));
    this.#at = at;
    const place = at.r * columnsMax + at.c;
    const isInOrder = place > this.#furthest;
    this.#furthest = Math.max(this.#furthest, place);
    const content = this.#readContent(xml, attributes.get("t") ?? "n", isInOrder);
    if (content === null) return;
    if ("kind" in content) {
      const { kind, shown } = content;
      this.faults.push({ ...at, fault: { kind, shown: shown.slice(0, textLengthMax) } });
      return;
    }
    const style = /^\d{1,9}$/.exec(attributes.get("s") ?? "")?.[0] ?? "0";
    const named = `${style === "0" ? "" : ` s="${style}"`}${content.type === "n" ? "" : ` t="${content.type}"`}`;
    this.#row.push(`<c r="${reference}"${named}>${content.plain}</c>`);
  }

  /** What stands in the cell; null if nothing does. */
  #readContent(xml: XmlReader, type: string, isInOrder: boolean): Content | null {
    const { depth } = xml;
    const values: string[] = [];
    let formula = this.#filled.some((range) => isInside(range, this.#at)) ? "filled by a formula" : null;
    while (xml.next() && xml.depth > depth) {
      if (xml.isEnd || xml.depth > depth + 1) continue;
      if (xml.name === "f") formula = this.#readFormula(xml);
      else if (xml.name === "v" && type !== "inlineStr") values.push(xml.content());
      else if (xml.name === "is" && type === "inlineStr") values.push(readText(xml));
    }
    const text = values.join(" and ");
    if (formula !== null) return { kind: "formula", shown: `${formula} (${text})` };
    if (values.length === 0) return null;
    if (!isInOrder) return { kind: "malformed", shown: `${text}, where a cell stood or should have stood before` };
    if (values.length > 1) return { kind: "malformed", shown: text };
    return contentOf(type, text, this.#context.strings);
  }

  #readFormula(xml: XmlReader): string {
    const attributes = xml.attributes();
    const range = attributes.get("t") === "shared" ? undefined : attributes.get("ref");
    // Arrays and data tables fill cells that hold no formula of their own.
    if (range !== undefined && this.#filled.push(rangeOf(range)) > filledRangesMax) {
      const found = `more than ${filledRangesMax} formulas that fill ranges`;
      throw new Refusal("too-many-formulas", found, "prices, no formulas");
    }
    const formula = xml.content();
    return formula === "" ? "a formula" : `=${formula}`;
  }

  #count(more: number): void {
    const { sheet, cellsMax } = this.#context;
    this.#cells += more;
    if (this.#cells <= cellsMax) return;
    throw new Refusal(
      "too-many-cells",
      `${this.#cells} or more rows, cells and gaps in ${sheet}`,
      `at most ${cellsMax}`,
    );
  }
}

/** A value of a type (ECMA-376 part 1, 18.18.11) as SheetJS is to see it, or why it must not. */
function contentOf(type: string, text: string, strings: readonly string[]): Content {
  switch (type) {
    case "n":
      if (double.test(text) && Number.isFinite(Number(text))) return { type, plain: `<v>${text.trim()}</v>` };
      return { kind: "malformed", shown: text.trim() || "an empty value" };
    case "s":
      if (!/^\d+$/.test(text) || (strings[Number(text)] ?? tooLongString) === tooLongString) {
        return { kind: "malformed", shown: `shared string ${text}, which is missing or too long` };
      }
      return { type, plain: `<v>${text}</v>` };
    // One type for both, because SheetJS resolves the references of `str` twice.
    case "str":
    case "inlineStr":
      if (text.length > textLengthMax) return { kind: "malformed", shown: text };
      return { type: "inlineStr", plain: `<is><t>${escapeXml(text)}</t></is>` };
    case "b":
    case "e":
      return { type, plain: `<v>${escapeXml(text.trim())}</v>` };
    case "d":
      return { kind: "date", shown: text };
    default:
      return { kind: "malformed", shown: `${text} of type ${type}` };
  }
}

function rangeOf(reference: string): XLSX.Range {
  const [start = "", end = start, ...more] = reference.split(":");
  const [s, e] = [addressOf(start), addressOf(end)];
  if (more.length > 0 || s.r > e.r || s.c > e.c) throw impossible(`a range ${JSON.stringify(reference)}`);
  return { s, e };
}

function isInside({ s, e }: XLSX.Range, { r, c }: XLSX.CellAddress): boolean {
  return s.r <= r && r <= e.r && s.c <= c && c <= e.c;
}

function addressOf(reference: string): XLSX.CellAddress {
  const isAddress = /^[A-Z]{1,3}[1-9]\d{0,6}$/.test(reference);
  const address = isAddress ? XLSX.utils.decode_cell(reference) : { r: rowsMax, c: columnsMax };
  if (address.r >= rowsMax || address.c >= columnsMax) throw impossible(`an address ${JSON.stringify(reference)}`);
  return address;
}

function impossible(found: string): Refusal {
  return new Refusal("impossible-address", found, `cells of A1 to XFD${rowsMax}, each in its own row`);
}
