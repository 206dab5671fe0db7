/** SheetJS reads a workbook that has been looked through. */
import * as XLSX from "xlsx";
import type { Cell, Sheet } from "./cell.ts";

/** Part of every runtime that reads this, yet of no type library that leaves the browser's names out. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}

/** The insides of the parts that SheetJS is handed, in plain XML. */
export interface PlainBook {
  readonly strings: string;
  readonly styles: string;
  readonly sheets: readonly string[];
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

/** The cells and merged ranges of every sheet, in their order; the rows are the caller's to change. */
export function readPlainBook(bytes: Uint8Array): { rows: (Cell | undefined)[][]; merges: Sheet["merges"] }[] {
  const read = XLSX.read(bytes, {
    type: "array",
    dense: true,
    cellNF: true,
    cellFormula: false,
    cellHTML: false,
    cellText: false,
    // Without it a sheet that fails is left out in silence.
    WTF: true,
  });
  return read.SheetNames.map((name) => {
    const sheet = read.Sheets[name];
    const dense: (XLSX.CellObject | undefined)[][] = sheet?.["!data"] ?? [];
    const merges = (sheet?.["!merges"] ?? []).map(({ s, e }) => ({ top: s.r, left: s.c, bottom: e.r, right: e.c }));
    return { rows: dense.map((row) => row?.map(toCell)), merges };
  });
}

/** SheetJS writes the workbook around the parts. Its sheets are named by their place: a stranger's may be named alike. */
export function writePlainBook({ strings, styles, sheets }: PlainBook): Uint8Array {
  const book = XLSX.utils.book_new();
  for (const _ of sheets) XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["a shared string"]]));
  const zip = XLSX.CFB.read(new Uint8Array(XLSX.write(book, { type: "array", bookSST: true })), { type: "array" });
  const put = (part: string, root: string, inside: string) =>
    XLSX.CFB.utils.cfb_add(zip, `/xl/${part}.xml`, new TextEncoder().encode(`<${root} ${main}>${inside}</${root}>`));
  put("sharedStrings", "sst", strings);
  put("styles", "styleSheet", styles);
  for (const [index, inside] of sheets.entries()) put(`worksheets/sheet${index + 1}`, "worksheet", inside);
  // Deflating what is read at once would be wasted.
  return new Uint8Array(XLSX.CFB.write(zip, { type: "array", fileType: "zip", compression: false }));
}

function toCell(cell: XLSX.CellObject | undefined): Cell | undefined {
  if (!cell || cell.t === "z") return undefined;
  if (cell.t === "n" && typeof cell.v === "number") {
    const format = typeof cell.z === "string" ? cell.z : "";
    if (XLSX.SSF.is_date(format)) return { kind: "date", shown: `${cell.v} formatted as ${format}` };
    return { kind: "number", value: cell.v };
  }
  if (cell.t === "e") return { kind: "error", shown: XLSX.utils.format_cell(cell) || "an error" };
  const text = String(cell.v ?? "");
  if (cell.t === "b") return { kind: "boolean", shown: text };
  return { kind: "text", value: text };
}
