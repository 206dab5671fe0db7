/** A cell of a workbook is read exactly or rejected; a workbook that is too large is rejected by a named limit. */
import { describe, expect, test } from "vitest";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { blockXml, rawWorkbook, sheetXml } from "../support/raw-workbook.ts";

const name = "Leche03012025.xlsx";
const parse = (bytes: Uint8Array) => sniimMilk.parse(bytes, { name, arrivedAt: "" });
const parseCell = (cell: string) => parse(rawWorkbook({ sheets: { Leche: sheetXml(blockXml(cell)) } }));

test.each([
  "23.5",
  " 23.50\n",
  "+2.35E1",
  "2350e-2",
  "23.4<!-- a remark -->99999999999999999",
  "<![CDATA[23.5]]>",
  "2&#51;.5",
])("the number %j is one", async (text) => {
  const { observations, problems } = await parseCell(`<c r="C5"><v>${text}</v></c>`);
  expect(observations[0]?.value).toBeCloseTo(23.5, 12);
  expect([observations.length, problems]).toEqual([4, []]);
});

test.each(["23,5", "23 50", "23.5.1", "23.5x", "0x17", "1e400", "INF", "NaN", "23.5 MXN", "--23", "2３"])(
  "the text %j is not a number, and the problem shows it unchanged",
  async (text) => {
    const { observations, problems } = await parseCell(`<c r="C5"><v>${text}</v></c>`);
    expect(observations.map(({ value }) => value)).toEqual([21, 22, 23]);
    expect(problems).toMatchObject([{ reason: "malformed-number", row: 5, column: "C", values: 1 }]);
    expect(problems[0]?.found).toBe(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  },
);

test("a text that is too long for a cell is neither a price nor a name", async () => {
  const digits = `<c r="C5" t="str"><v>${"1,".repeat(5_000_000)}x</v></c>`;
  expect((await parseCell(digits)).problems).toMatchObject([{ reason: "malformed-number", column: "C" }]);
  const city = blockXml("").replace("Guadalajara", "a ".repeat(5_000_000));
  const { observations, problems } = await parse(rawWorkbook({ sheets: { Leche: sheetXml(city) } }));
  expect([observations, problems.map(({ reason }) => reason)]).toEqual([[], ["missing-city"]]);
});

test("a cell that occurs twice is rejected", async () => {
  const { observations, problems } = await parseCell('<c r="C5"><v>20</v></c><c r="C5"><v>24</v></c>');
  expect(observations.map(({ value }) => value)).toEqual([21, 22, 23]);
  expect(problems).toMatchObject([{ reason: "malformed-number", found: expect.stringContaining("24") }]);
});

test("a cell that is out of order is rejected", async () => {
  const { observations, problems } = await parse(
    rawWorkbook({ sheets: { Leche: sheetXml(`${blockXml("")}<row r="5"><c r="C5"><v>24</v></c></row>`) } }),
  );
  expect(observations.map(({ value }) => value)).toEqual([21, 22, 23]);
  expect(problems).toMatchObject([{ reason: "malformed-number", row: 5, column: "C" }]);
});

test.each(["<v/>", "<v></v>", "<v> </v>"])("a price of %s is not a number", async (value) => {
  expect((await parseCell(`<c r="C5">${value}</c>`)).problems).toMatchObject([
    { reason: "malformed-number", row: 5, column: "C", found: "an empty value" },
  ]);
});

test("a price with two values is rejected", async () => {
  const { problems } = await parseCell('<c r="C5"><v>20</v><v>24</v></c>');
  expect(problems).toMatchObject([{ reason: "malformed-number", found: "20 and 24" }]);
});

test.each([
  "<f/>",
  '<f t="shared" si="0"/>',
  '<f t="dataTable" ref="C5:C9" dt2D="1" dtr="1" r1="A1"/>',
  "<f></f>",
  '<f t="array" ref="C5">A1</f>',
  "<f>A1+1</f>",
])("a price with %s is a formula, with or without a text", async (formula) => {
  const { observations, problems } = await parseCell(`<c r="C5">${formula}<v>23.5</v></c>`);
  expect(observations.map(({ value }) => value)).toEqual([21, 22, 23]);
  expect(problems).toMatchObject([{ reason: "formula", row: 5, column: "C", found: expect.stringContaining("23.5") }]);
});

test.each(['t="array"', 't="dataTable"'])("cells that a formula with %s fills are formulas too", async (type) => {
  const row = '<c r="C5"><f REF>1</f><v>20</v></c>'.replace("REF", `${type} ref="C5:D6"`);
  const { observations, problems } = await parseCell(row);
  expect(observations.map(({ value }) => value)).toEqual([22, 23]);
  expect(problems).toMatchObject([
    { reason: "formula", column: "C" },
    { reason: "formula", column: "D" },
  ]);
});

test("a formula without a cached value is rejected too", async () => {
  expect((await parseCell('<c r="C5"><f>A1+1</f></c>')).problems).toMatchObject([{ reason: "formula" }]);
});

test("a day as ISO text is a date, not a price", async () => {
  expect((await parseCell('<c r="C5" t="d"><v>1900-01-24</v></c>')).problems).toMatchObject([
    { reason: "date-instead-of-price", found: "1900-01-24" },
  ]);
});

describe("a workbook above a limit is rejected", () => {
  const plain = blockXml('<c r="C5"><v>20</v></c>');
  const leche = sheetXml(plain);
  const merges = (...ranges: readonly string[]) =>
    `<mergeCells>${ranges.map((range) => `<mergeCell ref="${range}"/>`).join("")}</mergeCells>`;
  const sheet = (rows: string, after = "") => rawWorkbook({ sheets: { Leche: sheetXml(rows, after) } });
  const repeat = (count: number, text: (index: number) => string) => Array.from({ length: count }, (_, i) => text(i));
  const sheets = (count: number, target: (index: number) => string, extra = "") => ({
    "xl/workbook.xml": `<workbook xmlns:r="r"><sheets>${repeat(count, (i) => `<sheet name="S${i}" sheetId="${i + 1}" r:id="rId${i}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships>${repeat(count, (i) => `<Relationship Id="rId${i}" Type="x/worksheet" Target="${target(i)}"/>`).join("")}${extra}</Relationships>`,
  });

  test.each<[string, string, () => Uint8Array]>([
    ["a merge over a hundred million rows", "impossible-address", () => sheet(plain, merges("A1:A99999999"))],
    ["a merge to column ZZZZZZ", "impossible-address", () => sheet(plain, merges("A1:ZZZZZZ9"))],
    ["a merge that ends before it begins", "impossible-address", () => sheet(plain, merges("B9:A1"))],
    ["a row 4,000,000,000", "impossible-address", () => sheet(`${plain}<row r="4000000000"><c><v>1</v></c></row>`)],
    ["a row 4e9", "impossible-address", () => sheet(`${plain}<row r="4e9"><c><v>1</v></c></row>`)],
    ["a row 0", "impossible-address", () => sheet(`<row r="0"><c r="A0"><v>1</v></c></row>${plain}`)],
    [
      "a cell in row 4,000,000,000",
      "impossible-address",
      () => sheet(`${plain}<row><c r="A4000000000"><v>1</v></c></row>`),
    ],
    [
      "a cell in column ZZZZZZ",
      "impossible-address",
      () => sheet(`${plain}<row r="7"><c r="ZZZZZZ7"><v>1</v></c></row>`),
    ],
    ["a cell of another row", "impossible-address", () => sheet(`${plain}<row r="7"><c r="A9"><v>1</v></c></row>`)],
    ["20,000 merges", "too-many-merges", () => sheet(plain, merges(...repeat(20_000, (i) => `A${i + 1}:B${i + 1}`)))],
    [
      "101 formulas that fill ranges",
      "too-many-formulas",
      () => sheet(repeat(101, (i) => `<row r="${i + 7}"><c r="A${i + 7}"><f ref="A1:B2">1</f></c></row>`).join("")),
    ],
    [
      "a hundred thousand strings",
      "too-many-strings",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: { "xl/sharedStrings.xml": `<sst>${"<si/>".repeat(100_001)}</sst>` },
        }),
    ],
    [
      "a hundred thousand styles",
      "too-many-styles",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: { "xl/styles.xml": `<s><cellXfs>${"<xf/>".repeat(100_000)}</cellXfs></s>` },
        }),
    ],
    [
      "three hundred formats",
      "too-many-formats",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: {
            "xl/styles.xml": `<s><numFmts>${repeat(300, (i) => `<numFmt numFmtId="${i + 164}" formatCode="0"/>`).join("")}</numFmts></s>`,
          },
        }),
    ],
    [
      "a format of a million letters",
      "too-long-format",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: {
            "xl/styles.xml": `<s><numFmts><numFmt numFmtId="164" formatCode="${"0".repeat(1e6)}"/></numFmts></s>`,
          },
        }),
    ],
    [
      "a single cell in the last column of 2,000 rows",
      "too-many-cells",
      () => sheet(repeat(2_000, (i) => `<row r="${i + 1}"><c r="XFD${i + 1}"><v>1</v></c></row>`).join("")),
    ],
    [
      "300 parts",
      "too-many-parts",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: Object.fromEntries(repeat(300, (i) => `xl/p${i}.xml`).map((part) => [part, "<a/>"])),
        }),
    ],
    [
      "100 sheets",
      "too-many-sheets",
      () =>
        rawWorkbook({
          sheets: Object.fromEntries(repeat(100, (i) => `S${i}`).map((each) => [each, leche])),
          parts: {},
        }),
    ],
    [
      "300 sheets of one part",
      "too-many-sheets",
      () => rawWorkbook({ sheets: { Leche: leche }, parts: sheets(300, () => "worksheets/sheet1.xml") }),
    ],
    [
      "two sheets of one part",
      "repeated-part",
      () =>
        rawWorkbook({
          sheets: { Leche: leche },
          parts: sheets(2, (i) => (i === 0 ? "worksheets/sheet1.xml" : "/xl/styles/../WORKSHEETS/sheet1.xml")),
        }),
    ],
  ])("%s: %s", async (_, reason, make) => {
    const { observations, problems } = await parse(make());
    expect([observations, problems.map((problem) => problem.reason)]).toEqual([[], [reason]]);
  });

  test("a link over the whole sheet creates no cells", async () => {
    const link = '<hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>';
    expect((await parse(sheet(plain, link))).observations.length).toBe(4);
  });

  test("merged ranges over the whole sheet take no more time than small ones", async () => {
    const { observations, problems } = await parse(sheet(plain, merges(...repeat(1_000, () => "A5:XFD1048576"))));
    expect([observations.length, problems]).toEqual([4, []]);
  });
});
