/** SheetJS reads a workbook that has been looked through. */
import * as XLSX from "xlsx";
import { type Cell, type SheetCells, textLengthMax } from "./cell.ts";
import { encodeXml } from "./xml.ts";

/** The insides of the parts that SheetJS is handed, in plain XML. */
export interface PlainBook {
  readonly strings: string;
  readonly styles: string;
  readonly sheets: readonly string[];
}

const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const opc = "http://schemas.openxmlformats.org/package/2006";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** The cells and merged ranges of every sheet, in their order. */
export function readPlainBook(book: PlainBook): SheetCells[] {
  const bytes = zipUncompressed(writeParts(book));
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
  return book.sheets.map((_, index) => {
    const sheet = read.Sheets[sheetName(index)];
    if (!sheet) throw new Error(`SheetJS read no ${sheetName(index)}`);
    const dense: (XLSX.CellObject | undefined)[][] = sheet["!data"] ?? [];
    const merges = (sheet["!merges"] ?? []).map(({ s, e }) => ({ top: s.r, left: s.c, bottom: e.r, right: e.c }));
    return { rows: dense.map((row) => row?.map(toCell)), merges };
  });
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
  if (text.length > textLengthMax) return { kind: "malformed", shown: text.slice(0, textLengthMax) };
  return { kind: "text", value: text };
}

/** Sheets are named by their place: the names of a stranger's may be empty, equal or `__proto__`. */
function sheetName(index: number): string {
  return `sheet${index + 1}`;
}

function writeParts({ strings, styles, sheets }: PlainBook): [string, string][] {
  const names = sheets.map((_, index) => sheetName(index));
  const each = (write: (name: string) => string) => names.map(write).join("");
  const kind = (part: string, of: string) => `<Override PartName="/xl/${part}.xml" ContentType="${type}.${of}+xml"/>`;
  const kinds = [
    kind("workbook", "sheet.main"),
    kind("sharedStrings", "sharedStrings"),
    kind("styles", "styles"),
    each((name) => kind(`worksheets/${name}`, "worksheet")),
  ];
  return [
    ["[Content_Types].xml", `<Types xmlns="${opc}/content-types">${kinds.join("")}</Types>`],
    [
      "xl/workbook.xml",
      `<workbook ${main} xmlns:r="${office}"><sheets>${each((name) => `<sheet name="${name}" r:id="${name}"/>`)}</sheets></workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${opc}/relationships">${each((name) => `<Relationship Id="${name}" Type="${office}/worksheet" Target="worksheets/${name}.xml"/>`)}</Relationships>`,
    ],
    ["xl/sharedStrings.xml", `<sst ${main}>${strings}</sst>`],
    ["xl/styles.xml", `<styleSheet ${main}>${styles}</styleSheet>`],
    ...sheets.map((xml, index): [string, string] => [
      `xl/worksheets/${sheetName(index)}.xml`,
      `<worksheet ${main}>${xml}</worksheet>`,
    ]),
  ];
}

/** SheetJS's own container writes the zip that SheetJS reads; deflating it would be wasted. */
function zipUncompressed(parts: readonly [string, string][]): Uint8Array {
  const container = XLSX.CFB.utils.cfb_new();
  for (const [name, xml] of parts) XLSX.CFB.utils.cfb_add(container, `/${name}`, encodeXml(xml));
  return new Uint8Array(XLSX.CFB.write(container, { type: "array", fileType: "zip", compression: false }));
}
