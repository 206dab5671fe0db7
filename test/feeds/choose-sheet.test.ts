/** The visible sheet of a workbook is the publication. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { blockXml, rawWorkbook, sheetXml } from "../support/raw-workbook.ts";

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const visible = "visible";

/** Builds a workbook with one block per sheet. C5 contains 20, 21, … in the order of the sheets. */
function workbook(...sheets: readonly (readonly [name: string, state: string])[]): Uint8Array {
  const listed = sheets.map(
    ([name, state], index) => `<sheet name="${name}" sheetId="${index + 1}" state="${state}" r:id="rId${index + 1}"/>`,
  );
  return rawWorkbook({
    sheets: Object.fromEntries(
      sheets.map(([name], index) => [name, sheetXml(blockXml(`<c r="C5"><v>${20 + index}</v></c>`))]),
    ),
    parts: { "xl/workbook.xml": `<workbook xmlns:r="${office}"><sheets>${listed.join("")}</sheets></workbook>` },
  });
}

async function read(...sheets: readonly (readonly [name: string, state: string])[]) {
  const { observations, problems, doubt } = await sniimMilk.parse(workbook(...sheets), { name: "", arrivedAt: "" });
  const cost = problems.reduce((sum, { values }) => sum + values, 0);
  return { price: observations[0]?.value, doubt, cost, reasons: problems.map(({ reason }) => reason) };
}

test.each(["hidden", "veryHidden"])(
  "a sheet that is %s is never preferred to a visible one, even if it is named Leche",
  async (state) => {
    const expected = { price: 21, doubt: undefined, cost: 0, reasons: ["unexpected-sheet"] };
    expect(await read(["Leche", state], ["Precios", visible])).toEqual(expected);
  },
);

test("among visible sheets the one named Leche is read, and the numbers of the other count as lost", async () => {
  const expected = { price: 21, doubt: undefined, cost: 4, reasons: ["unexpected-sheet"] };
  expect(await read(["Precios", visible], ["LECHE", visible])).toEqual(expected);
});

test.each([
  [
    "two visible sheets of other names",
    [
      ["Enero", visible],
      ["Febrero", visible],
    ],
    '"Enero" and "Febrero" contain prices',
  ],
  ["only a hidden sheet", [["Leche", "hidden"]], 'Only the hidden sheet "Leche" contains prices'],
] as const)("%s return a doubt, so the publication is held", async (_, sheets, doubt) => {
  expect((await read(...sheets)).doubt).toContain(doubt);
});

const folder = "../shared/cases";
const [draft, noise] = [`${folder}/Leche20112026-hidden-draft.xlsx`, `${folder}/Leche25112026-noise.xlsx`];
const areHere = existsSync(draft) && existsSync(noise);
if (!areHere) console.log(`skipped: ${draft} and ${noise} are not there`);

test.skipIf(!areHere)("the shared workbook with a hidden draft gives the prices of its visible sheet", async () => {
  const { observations, problems, doubt } = await sniimMilk.parse(readFileSync(draft), {
    name: "Leche20112026.xlsx",
    arrivedAt: "",
  });
  expect(doubt).toBeUndefined();
  expect(observations.length).toBe(185);
  expect(observations[0]).toMatchObject({ period: "2026-11-20", value: 28 });
  expect(problems[0]).toMatchObject({
    reason: "unexpected-sheet",
    values: 0,
    found: expect.stringContaining("Borrador"),
  });
});

test.skipIf(!areHere)("the shared workbook with rounding errors gives prices as they were typed", async () => {
  const { observations } = await sniimMilk.parse(readFileSync(noise), { name: "Leche25112026.xlsx", arrivedAt: "" });
  expect(observations.length).toBe(189);
  for (const { value } of observations) expect(value).toBe(Number(value.toFixed(2)));
});

test.each([
  ["32.5000000000002", 32.5],
  ["24.049999999999997", 24.05],
  ["24.333333333333332", 24.333333333333332],
  ["24.1234567", 24.1234567],
])("a price of %s is %d", async (text, value) => {
  const bytes = rawWorkbook({ sheets: { Leche: sheetXml(blockXml(`<c r="C5"><v>${text}</v></c>`)) } });
  const { observations } = await sniimMilk.parse(bytes, { name: "", arrivedAt: "" });
  expect(observations[0]?.value).toBe(value);
});
