import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as XLSX from "xlsx";
import type { Parsed } from "../../shared/feeds/feed.ts";
import { countReasons } from "../../shared/feeds/hold.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";

const folder = "../shared/data/milk-mx";
const isHere = existsSync(folder);
if (!isHere) console.log(`skipped: real publications are read from ${folder}, which is not there`);

const parsed = new Map<string, Promise<Parsed>>();

/** Parses a real publication. Caches the result, because a workbook takes a second. */
function parseReal(name: string): Promise<Parsed> {
  const known = parsed.get(name) ?? sniimMilk.parse(readFileSync(`${folder}/${name}`), { name, arrivedAt: "" });
  parsed.set(name, known);
  return known;
}

test.skipIf(!isHere)("the real publication of 30 December 2024 is read completely", async () => {
  const { observations, problems, skipped } = await parseReal("Leche30122024.xlsx");
  expect(observations.length).toBe(27_380);
  expect(new Set(observations.map(({ period }) => period)).size).toBe(148);
  expect(new Set(observations.map(({ series }) => JSON.stringify(series))).size).toBe(185);
  expect(new Set(observations.map(({ series }) => series.Estado)).size).toBe(32);
  expect(countReasons(problems)).toEqual({ "no-number": 4_000, "zero-price": 588 });
  expect(skipped).toEqual({ "national-average": 148 * 8 });
  expect(observations.filter(({ series }) => /promedio/i.test(JSON.stringify(series)))).toEqual([]);
  expect(observations.filter(({ series }) => Object.values(series).some((name) => name !== name.trim()))).toEqual([]);
});

test.skipIf(!isHere)("a newest day with prices per gallon gives no price", async () => {
  const name = "Leche08012025.xlsx";
  const whole = readFileSync(`${folder}/${name}`);
  const book = XLSX.read(whole);
  const sheet = book.Sheets.Leche ?? {};
  const titles = Object.keys(sheet).filter((at) => at.startsWith("A") && /^Precio promedio/.test(String(sheet[at]?.v)));
  const newest = Math.max(...titles.map((at) => Number(at.slice(1))));
  for (const [at, cell] of Object.entries(sheet)) {
    if (/^[C-F]\d/.test(at) && Number(at.slice(1)) > newest && cell.t === "n") cell.v *= 3.785;
  }
  const bytes = new Uint8Array(XLSX.write(book, { type: "array", bookType: "xlsx" }));
  const before = await parseReal(name);
  const { observations, problems } = await sniimMilk.parse(bytes, { name, arrivedAt: "" });
  expect(observations).toEqual(before.observations.filter(({ period }) => period < "2025-01-08"));
  const lost = problems.length - before.problems.length;
  expect(lost).toBe(before.observations.length - observations.length);
});

test.skipIf(!isHere)("each publication repeats the earlier ones and adds a day", async () => {
  const sizes: number[] = [];
  for (const name of ["Leche30122024.xlsx", "Leche03012025.xlsx", "Leche06012025.xlsx", "Leche08012025.xlsx"]) {
    const { observations } = await parseReal(name);
    sizes.push(new Set(observations.map(({ period }) => period)).size);
    expect(observations.at(-1)?.period).toBe(sniimMilk.publishedOn(name));
  }
  expect(sizes).toEqual([148, 149, 150, 151]);
});
