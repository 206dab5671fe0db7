/** Our reader against SheetJS 0.20.3: what SheetJS writes, both read alike. */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as XLSX from "xlsx";
import type { Cell } from "../../shared/feeds/workbook/cell.ts";
import { type Opened, openWorkbook } from "../../shared/feeds/workbook/open-workbook.ts";
import { rawWorkbook, sheetXml } from "../support/raw-workbook.ts";

const limits = { bytesMax: 1e6, unzippedBytesMax: 1e7, cellsMax: 1e5 };

function sheetsOf(opened: Opened) {
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  return opened.sheets;
}

/** What SheetJS says of a cell, in our words; dates are told by its own reading of the format. */
function ours(cell: XLSX.CellObject | undefined): Cell | undefined {
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

test("whatever SheetJS writes is read as SheetJS reads it", async () => {
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
    { numRuns: 150 },
  );
});

test("prefixes, rich text, readings above it, inline strings and missing addresses are understood", async () => {
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
  ["tags that cross", "<worksheet><sheetData></worksheet></sheetData>"],
  ["an attribute that stands twice", sheetXml('<row r="1" r="2"/>')],
  ["another encoding", '<?xml version="1.0" encoding="iso-8859-1"?><worksheet/>'],
  ["a hundred thousand tags in each other", "<a>".repeat(100_000)],
])("XML with %s is refused", async (_, sheet) => {
  expect(await openWorkbook(rawWorkbook({ sheets: { Leche: sheet } }), limits)).toMatchObject({
    ok: false,
    problem: { reason: "not-a-workbook" },
  });
});
