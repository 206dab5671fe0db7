/** Damaged milk workbooks never crash the parser or give a wrong number, and every lost value has a reason. */
import fc from "fast-check";
import { expect, test } from "vitest";
import * as XLSX from "xlsx";
import type { Parsed } from "../../shared/feeds/feed.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { spanishDay } from "../../trainer/simulate/publication-days.ts";
import { compact } from "../support/golden.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { blockRows, type CellValue, publication, someCities, workbook } from "../support/sniim.ts";

const days = ["2025-01-03", "2025-01-06", "2025-01-08"];
const whole = publication(days.map((day, index) => ({ day, cities: someCities(4, 20 + 10 * index) })));
const name = "Leche08012025.xlsx";
const parse = (bytes: Uint8Array): Promise<Parsed> => sniimMilk.parse(bytes, { name, arrivedAt: "" });
const facts = new Set(compact(await parse(whole)).observations);

async function refused(bytes: Uint8Array): Promise<string[]> {
  const { observations, problems } = await parse(bytes);
  expect(observations).toEqual([]);
  expect(problems.length).toBeGreaterThan(0);
  return problems.map(({ reason }) => reason);
}

test("a file that is cut off anywhere is rejected", async () => {
  expect(facts.size).toBe(48);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
      expect(await refused(whole.slice(0, length))).toEqual(["not-a-workbook"]);
    }),
    { numRuns: isMatrix ? 60 : 30 },
  );
});

test("a flipped bit never changes a number", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const bytes = whole.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const parsed = await parse(bytes);
      for (const fact of compact(parsed).observations) expect(facts).toContain(fact);
      if (parsed.observations.length < facts.size) expect(parsed.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: isMatrix ? 150 : 60 },
  );
});

test("prices under the wrong channel are rejected: a block with an empty column, a row that is too long", async () => {
  const [other, cities] = [blockRows({ day: "2025-01-06", cities: someCities(4, 30) }), someCities(4)];
  const spoil = (move: (city: CellValue[], index: number) => CellValue[]) => {
    const rows = blockRows({ day: "2025-01-03", cities });
    return parse(workbook([...rows.slice(0, 4), ...rows.slice(4, 8).map(move), ...rows.slice(8), ...other]));
  };
  const insert = (row: CellValue[]) => [...row.slice(0, 2), null, ...row.slice(2)];
  const blocks = [
    await spoil(insert),
    await spoil((row) => insert(row).slice(0, 6)),
    await spoil((row) => [...row.slice(0, 2), ...row.slice(3)]),
    await spoil((row) => [...row.slice(0, 3), null, ...row.slice(4)]),
  ];
  for (const { observations, problems } of blocks) {
    expect(new Set(observations.map(({ period }) => period))).toEqual(new Set(["2025-01-06"]));
    expect(problems).toMatchObject([{ reason: "shifted-column", period: "2025-01-03" }]);
  }

  const atRow = 6;
  const rows = [
    await spoil((row, index) => (index === 1 ? insert(row) : row)),
    await spoil((row, index) => (index === 1 ? [...row.slice(0, 2), "x", ...row.slice(2)] : row)),
    await spoil((row, index) => (index === 1 ? [...insert(row).slice(0, 6), "s/d"] : row)),
  ];
  for (const { observations, problems } of rows) {
    expect(observations.length).toBe(28);
    expect(problems).toMatchObject([{ reason: "shifted-column", row: atRow, column: "G", values: 4 }]);
  }
  const noted = await spoil((row, index) => (index === 1 ? [...row, "*"] : row));
  expect(noted).toMatchObject({ observations: { length: 32 }, problems: [] });
});

test("a file that is not a workbook is rejected, and the problem shows its first bytes", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  for (const bytes of [
    text(""),
    text("<!doctype html><title>404</title>"),
    text("Date,USD\n1/1/2025,3"),
    whole.slice(4),
    text("PK\u0003\u0004"),
  ]) {
    expect(await refused(bytes)).toEqual(["not-a-workbook"]);
  }
  const zip = XLSX.CFB.utils.cfb_new();
  XLSX.CFB.utils.cfb_add(zip, "/readme.txt", text("hello"));
  expect(await refused(new Uint8Array(XLSX.CFB.write(zip, { type: "array", fileType: "zip" })))).toEqual([
    "not-a-workbook",
  ]);
});

/** Returns the workbook with one part replaced. */
function withPart(part: string, content: string): Uint8Array {
  const zip = XLSX.CFB.read(whole, { type: "array" });
  XLSX.CFB.utils.cfb_add(zip, `/${part}`, new TextEncoder().encode(content));
  return new Uint8Array(XLSX.CFB.write(zip, { type: "array", fileType: "zip", compression: true }));
}

test("a small file that unzips to more than the limit is rejected before it fills the memory", async () => {
  const bomb = withPart("xl/worksheets/sheet1.xml", " ".repeat(sniimMilk.limits.unzippedBytesMax + 1));
  expect(bomb.length).toBeLessThan(300_000);
  expect(await refused(bomb)).toEqual(["too-large-unzipped"]);
  expect(await refused(new Uint8Array(sniimMilk.limits.bytesMax + 1))).toEqual(["too-large"]);
});

test("a million empty rows, or too many cells, are rejected, and the problem shows their number", async () => {
  const sheet = (rows: string) =>
    `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`;
  expect(await refused(withPart("xl/worksheets/sheet1.xml", sheet('<row r="1"/>'.repeat(1_000_001))))).toEqual([
    "too-many-cells",
  ]);
  expect(
    await refused(withPart("xl/worksheets/sheet1.xml", sheet(`<row>${"<c/>".repeat(9)}</row>`.repeat(100_001)))),
  ).toEqual(["too-many-cells"]);
});

test("a single cell at the end of the largest sheet takes no extra time", async () => {
  const path = "xl/worksheets/sheet1.xml";
  const { content } = XLSX.CFB.find(XLSX.CFB.read(whole, { type: "array" }), `/${path}`) ?? {};
  const sheet = new TextDecoder().decode(Uint8Array.from(content ?? []));
  const last = '<row r="1048576"><c r="F1048576"><v>7</v></c></row>';
  const { observations, problems } = await parse(withPart(path, sheet.replace("</sheetData>", `${last}</sheetData>`)));
  expect(observations.length).toBe(facts.size);
  expect(problems).toMatchObject([{ reason: "row-outside-block", row: 1_048_576 }]);
});

const anyCell: fc.Arbitrary<CellValue> = fc.oneof(
  fc.constantFrom<CellValue>(
    null,
    "",
    "s/d",
    "Estado",
    "Fuente: SNIIM",
    "Promedio",
    "Autoservicios",
    "Precio promedio al consumidor por litro",
    "__proto__",
  ),
  fc.constantFrom(...days, "2024-12-30").map(spanishDay),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -10, max: 120 }),
  fc.string(),
  fc.integer({ min: 5, max: 100 }).map((v): CellValue => ({ t: "n", v, f: "1+1" })),
  fc.integer({ min: 5, max: 100 }).map((v): CellValue => ({ t: "n", v, z: "yyyy-mm-dd" })),
  fc.boolean().map((v): CellValue => ({ t: "b", v })),
);

test("overwritten cells never give a number that is not in the file, and every number is read or reported", async () => {
  const rows = days.flatMap((day, index) => blockRows({ day, cities: someCities(4, 20 + 10 * index) }));
  const place = fc.tuple(fc.integer({ min: 0, max: rows.length - 1 }), fc.integer({ min: 0, max: 7 }), anyCell);
  await fc.assert(
    fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 6 }), async (places) => {
      const copy = rows.map((row) => [...row]);
      for (const [row, column, cell] of places) {
        const cells = copy[row] ?? [];
        while (cells.length <= column) cells.push(null);
        cells[column] = cell;
      }
      const { observations, problems, skipped } = await parse(workbook(copy));
      const numbers = copy.flat().filter((cell) => typeof cell === "number");
      for (const { value } of observations) expect(numbers).toContain(value);
      // Numbers in the first two columns are invalid names or dates, which have their own reasons.
      const inPriceColumns = copy
        .flatMap((row) => row.slice(2, 6))
        .filter((cell) => typeof cell === "number" && cell !== 0).length;
      const accounted =
        observations.length +
        problems.reduce((sum, { values }) => sum + values, 0) +
        (skipped["national-average"] ?? 0);
      expect(accounted).toBeGreaterThanOrEqual(inPriceColumns);
    }),
    { numRuns: isMatrix ? 120 : 50 },
  );
}, 60_000);
