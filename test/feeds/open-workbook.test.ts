/** Ordinary workbooks are read like SheetJS 0.20.3 reads them. Cells that SheetJS misreads are rejected. */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as XLSX from "xlsx";
import { openWorkbook } from "../../shared/feeds/workbook/open-workbook.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { rawWorkbook, sheetXml } from "../support/raw-workbook.ts";

const limits = { bytesMax: 1e6, unzippedBytesMax: 1e7, cellsMax: 1e5 };

function sheetsOf(opened: Awaited<ReturnType<typeof openWorkbook>>) {
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  return opened.value;
}

/** Converts a cell of SheetJS to ours. Its own format parser decides what is a date. */
function ours(cell: XLSX.CellObject | undefined) {
  if (!cell || cell.t === "z") return undefined;
  if (cell.f !== undefined) return { kind: "formula", shown: `=${cell.f} (${cell.v ?? ""})` };
  if (cell.t === "b") return { kind: "boolean", shown: String(cell.v) };
  if (typeof cell.v !== "number") return { kind: "text", value: String(cell.v ?? "") };
  const format = String(cell.z ?? "General");
  if (XLSX.SSF.is_date(format)) return { kind: "date", shown: `${cell.v} formatted as ${format}` };
  return { kind: "number", value: cell.v };
}

const formats = [
  "General",
  "0.00",
  "#,##0.00",
  '"hoy" 0.0',
  "[Red]0.0;[Blue]-0.0",
  "[$MXN] #,##0.00",
  '_-$* #,##0.00_-;-$* #,##0.00_-;_-$* "-"??_-;_-@_-',
  "0.00E+00",
  "0 %",
  "dd/mm/yyyy",
  "m/d/yy",
  "[h]:mm",
  "mmm yy",
  "h:mm AM/PM",
  "@",
];
const text = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((value) => !/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/u.test(value));
const anyCell: fc.Arbitrary<XLSX.CellObject | null> = fc.oneof(
  fc.constant(null),
  text.map((v): XLSX.CellObject => ({ t: "s", v })),
  fc
    .constantFrom(" a ", "<v>1</v>", "_x0041_", "a & b", '"', "Aguascalientes ")
    .map((v): XLSX.CellObject => ({ t: "s", v })),
  fc.boolean().map((v): XLSX.CellObject => ({ t: "b", v })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((v): XLSX.CellObject => ({ t: "n", v })),
  fc
    .tuple(fc.integer({ min: 1, max: 50_000 }), fc.constantFrom(...formats))
    .map(([v, z]): XLSX.CellObject => ({ t: "n", v, z })),
  fc.integer({ min: 1, max: 9 }).map((v): XLSX.CellObject => ({ t: "n", v, f: `A1+${v}` })),
);

test("any workbook that SheetJS writes is read like SheetJS reads it", async () => {
  const rows = fc.array(fc.array(anyCell, { maxLength: 8 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (cells, bookSST) => {
      const book = XLSX.utils.book_new();
      const sheet = XLSX.utils.aoa_to_sheet(cells);
      sheet["!merges"] = [XLSX.utils.decode_range("A1:B3")];
      XLSX.utils.book_append_sheet(book, sheet, "Año & más");
      const bytes = new Uint8Array(XLSX.write(book, { type: "array", bookType: "xlsx", compression: true, bookSST }));
      const theirs = XLSX.read(bytes, { type: "array", dense: true, cellNF: true }).Sheets["Año & más"];
      const [read] = sheetsOf(await openWorkbook(bytes, limits));
      expect(read?.name).toBe("Año & más");
      expect(read?.merges).toEqual([{ top: 0, left: 0, bottom: 2, right: 1 }]);
      for (let row = 0; row < 8; row++) {
        for (let column = 0; column < 8; column++) {
          expect(read?.rows[row]?.[column]).toEqual(ours(theirs?.["!data"]?.[row]?.[column]));
        }
      }
    }),
    { numRuns: isMatrix ? 150 : 50 },
  );
});

const digits = fc.stringMatching(/^[+-]?\d{1,5}[.,]?\d{0,3}([eE][+-]?\d{1,3})?$/);
const anyText = fc.oneof(
  digits,
  fc.double().map(String),
  fc.tuple(digits, fc.constantFrom(" ", ".", ",", "'", "%", "e", "x", "\u00a0"), digits).map((parts) => parts.join("")),
  fc.string({ unit: fc.constantFrom(..."0123456789.,+-eExb_INFa \t\n\u00a0３"), maxLength: 8 }),
  fc.constantFrom(
    "",
    " ",
    "0x17",
    "0b1",
    "1_000",
    "INF",
    "-INF",
    "NaN",
    "Infinity",
    "1e400",
    "_x0032_",
    "TRUE",
    "1.",
    ".5",
  ),
);

test("any text instead of a number is read like SheetJS reads it, or the cell is rejected", async () => {
  const characters = /^[ \t\r\n\d.+\-eE]*$/;
  const tally = { read: 0, refused: 0, misread: 0 };
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const bytes = rawWorkbook({ sheets: { Leche: sheetXml(`<row r="1"><c r="A1"><v>${text}</v></c></row>`) } });
      const [read] = sheetsOf(await openWorkbook(bytes, limits));
      const isNumber = text.trim() !== "" && characters.test(text) && Number.isFinite(Number(text));
      if (isNumber) expect(read?.rows[0]?.[0]).toEqual({ kind: "number", value: Number(text) });
      else expect(read?.rows[0]?.[0]).toMatchObject({ kind: "malformed" });
      const theirs = XLSX.read(bytes, { type: "array", dense: true }).Sheets.Leche?.["!data"]?.[0]?.[0]?.v;
      tally[isNumber ? "read" : "refused"]++;
      if (isNumber) expect(theirs).toBe(Number(text));
      else if (typeof theirs === "number" && Number.isFinite(theirs)) tally.misread++;
    }),
    { numRuns: isMatrix ? 400 : 120 },
  );
  // SheetJS alone reads some texts as numbers that are not numbers, so the check is needed.
  expect(Math.min(tally.read, tally.misread)).toBeGreaterThan(20);
});

test("a shared string that is too long for a cell is rejected", async () => {
  const parts = { "xl/sharedStrings.xml": `<sst><si><t>${"a".repeat(32_768)}</t></si><si><t>Jalisco</t></si></sst>` };
  const rows = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>';
  const [read] = sheetsOf(await openWorkbook(rawWorkbook({ sheets: { Leche: sheetXml(rows) }, parts }), limits));
  expect(read?.rows[0]).toMatchObject([{ kind: "malformed" }, { kind: "text", value: "Jalisco" }]);
});

test("an empty shared string counts as a string, and names of sheets may be equal", async () => {
  const parts = { "xl/sharedStrings.xml": "<sst><si/><si><t>Jalisco</t></si></sst>" };
  const cell = (index: number) => sheetXml(`<row><c t="s"><v>${index}</v></c></row>`);
  const bytes = rawWorkbook({ sheets: { Leche: cell(1), LECHE: cell(2) }, parts });
  const [first, second] = sheetsOf(await openWorkbook(bytes, limits));
  expect(first?.rows[0]?.[0]).toEqual({ kind: "text", value: "Jalisco" });
  expect(second?.rows[0]?.[0]).toEqual({ kind: "malformed", shown: expect.stringContaining("shared string 2") });
});

test.each([
  ["a comment", "<!-- <row r='1'><c r='A1'><v>9</v></c></row> -->"],
  ["characters of a text", "<row r='1'><c r='B1' t='str'><v><![CDATA[<c r='A1'><v>9</v></c>]]></v></c></row>"],
  ["an attribute", `<row r="1"><c x=" r='A1'" r="B1"><v>9</v></c></row>`],
  ["another element", "<x><row r='1'><c r='A1'><v>9</v></c></row></x>"],
])("text that looks like a cell in %s is ignored", async (_, rows) => {
  const [read] = sheetsOf(await openWorkbook(rawWorkbook({ sheets: { Leche: sheetXml(rows) } }), limits));
  expect(read?.rows[0]?.[0]).toBeUndefined();
});

test.each([
  [14, undefined],
  [30, undefined],
  [57, undefined],
  [164, "dd/mm/yyyy"],
  [1_000, "d mmm"],
])("a number in format %i (%s) is a date", async (id, code) => {
  const formats = code ? `<numFmts><numFmt numFmtId="${id}" formatCode="${code}"/></numFmts>` : "";
  const styles = `<styleSheet>${formats}<cellXfs><xf/><xf numFmtId="${id}"/></cellXfs></styleSheet>`;
  const sheet = sheetXml('<row><c s="1"><v>24</v></c><c><v>25</v></c></row>');
  const bytes = rawWorkbook({ sheets: { Leche: sheet }, parts: { "xl/styles.xml": styles } });
  const [read] = sheetsOf(await openWorkbook(bytes, limits));
  expect(read?.rows[0]).toMatchObject([{ kind: "date" }, { kind: "number", value: 25 }]);
});

test("prefixes, rich text, phonetic hints, inline strings and missing addresses are supported", async () => {
  const rows =
    '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="inlineStr"><x:is><x:r><x:t>Jal</x:t></x:r><x:r><x:t>isco</x:t></x:r></x:is></x:c></x:row>' +
    '<x:row r="3"><x:c r="C3" s="1"><x:v>24</x:v></x:c><x:c><x:v>25</x:v></x:c></x:row>';
  const sheet = `<x:worksheet xmlns:x="m"><x:sheetData>${rows}</x:sheetData></x:worksheet>`;
  const strings =
    "<sst><si><r><t>Ciu</t></r><r><rPr><b/></rPr><t>dad</t></r><rPh sb='0' eb='1'><t>no</t></rPh></si></sst>";
  const styles = "<styleSheet><cellXfs><xf/><xf numFmtId='14'/></cellXfs></styleSheet>";
  const parts = { "xl/sharedStrings.xml": strings, "xl/styles.xml": styles };
  const [read] = sheetsOf(await openWorkbook(rawWorkbook({ sheets: { Leche: sheet }, parts }), limits));
  expect(read?.rows).toEqual([
    [
      { kind: "text", value: "Ciudad" },
      { kind: "text", value: "Jalisco" },
    ],
    undefined,
    [undefined, undefined, { kind: "date", shown: "24 formatted as m/d/yy" }, { kind: "number", value: 25 }],
  ]);
});

test.each([
  ["a document type", '<!DOCTYPE worksheet [<!ENTITY a "1">]><worksheet/>'],
  ["an unknown entity", sheetXml("<row><c><v>&a;</v></c></row>")],
  ["a tag that is not closed", "<worksheet><sheetData>"],
  ["tags that overlap", "<worksheet><sheetData></worksheet></sheetData>"],
  ["an attribute that occurs twice", sheetXml('<row r="1" r="2"/>')],
  ["another encoding", '<?xml version="1.0" encoding="iso-8859-1"?><worksheet/>'],
  ["a hundred thousand nested tags", "<a>".repeat(100_000)],
])("XML with %s is rejected", async (_, sheet) => {
  expect(await openWorkbook(rawWorkbook({ sheets: { Leche: sheet } }), limits)).toMatchObject({
    ok: false,
    error: { reason: "not-a-workbook" },
  });
});
