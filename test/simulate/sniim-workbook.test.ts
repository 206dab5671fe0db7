import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as XLSX from "xlsx";
import { MILK_CITIES, ZERO_CITY } from "../../trainer/simulate/milk-cities.ts";
import { milkMarket } from "../../trainer/simulate/milk-market.ts";
import { writeSniimWorkbook } from "../../trainer/simulate/sniim-workbook.ts";
import { isMatrix } from "../support/is-matrix.ts";

const FIRST_DAY = "2026-01-01";
const LAST_DAY = "2026-02-28";
const REAL_FOLDER = new URL("../../../shared/data/milk-mx/", import.meta.url);
const BLOCK_ROWS = 62;

interface Sheet {
  readonly names: string[];
  readonly range: string;
  readonly cells: (string | number | undefined)[][];
  readonly merges: string[];
}

function read(bytes: Uint8Array): Sheet {
  const book = XLSX.read(bytes, { type: "array", dense: true });
  const sheet = book.Sheets["Leche"];
  return {
    names: book.SheetNames,
    range: sheet?.["!ref"] ?? "",
    cells: Array.from({ length: sheet?.["!data"]?.length ?? 0 }, (_, row) =>
      Array.from({ length: 6 }, (_, column) => {
        const value = sheet?.["!data"]?.[row]?.[column]?.v;
        return typeof value === "number" || typeof value === "string" ? value : undefined;
      }),
    ),
    merges: (sheet?.["!merges"] ?? []).map((merge) => XLSX.utils.encode_range(merge)).sort(),
  };
}

const write = (seed: number, until = LAST_DAY) => writeSniimWorkbook(milkMarket({ seed, firstDay: FIRST_DAY }), until);
const bytes = write(1);
const whole = read(bytes);

/** Returns a block with its date and all numbers replaced by constants, which is the same for all days. */
function skeleton(sheet: Sheet, block: number): (string | undefined)[][] {
  const top = 3 + block * BLOCK_ROWS;
  return sheet.cells.slice(top, top + BLOCK_ROWS - 1).map((row, index) => {
    const [first, ...rest] = row.map((value) => (typeof value === "number" ? "number" : value));
    return [index === 1 ? "date" : first, ...rest];
  });
}

function mergesOf(sheet: Sheet, block: number): string[] {
  const top = 3 + block * BLOCK_ROWS;
  return sheet.merges
    .map((merge) => XLSX.utils.decode_range(merge))
    .filter(({ s }) => s.r >= top && s.r < top + BLOCK_ROWS)
    .map(({ s, e }) => XLSX.utils.encode_range({ s: { ...s, r: s.r - top }, e: { ...e, r: e.r - top } }))
    .sort();
}

test("the same market and day give the same bytes", () => {
  expect(Buffer.compare(bytes, write(1))).toBe(0);
  expect(Buffer.compare(bytes, write(2))).not.toBe(0);
});

test("a later workbook starts with the cells of an earlier one", () => {
  const earlier = read(write(1, "2026-01-31")).cells;
  expect(earlier.length).toBeGreaterThan(10 * BLOCK_ROWS);
  expect(whole.cells.slice(0, earlier.length)).toEqual(earlier);
});

test("the workbook contains the market's prices, with s/d for missing ones", () => {
  const market = milkMarket({ seed: 1, firstDay: FIRST_DAY });
  const { cells } = whole;
  market.publicationDays(LAST_DAY).forEach((day, block) => {
    const top = 3 + block * BLOCK_ROWS + 4;
    const printed = cells.slice(top, top + MILK_CITIES.length).map((row) => row.slice(2));
    expect(printed).toEqual(market.prices(day).map((prices) => prices.map((price) => price ?? "s/d")));
  });
});

test("the averages are below the last city, without a state, and ignore zeros", () => {
  const rows = whole.cells.slice(3 + 4 + MILK_CITIES.length);
  expect(rows[0]?.slice(0, 2)).toEqual([undefined, "Promedio Ponderado por Población"]);
  expect(rows[1]?.slice(0, 2)).toEqual([undefined, "Promedio aritmético"]);
  const ultra = milkMarket({ seed: 1, firstDay: FIRST_DAY })
    .prices("2026-01-02")
    .flatMap((prices) => prices[2] || []);
  expect(rows[1]?.[4]).toBeCloseTo(ultra.reduce((sum, price) => sum + price, 0) / ultra.length, 10);
});

const hasReal = existsSync(REAL_FOLDER);
const allFiles = hasReal ? readdirSync(REAL_FOLDER).filter((name) => name.endsWith(".xlsx")) : [];
/** In the short form the first workbook. */
const realFiles = allFiles.slice(0, isMatrix ? undefined : 1);

describe.skipIf(!hasReal)(
  `the real workbooks${hasReal ? "" : " (skipped: ../shared/data/milk-mx is not here)"}`,
  () => {
    // With seed 1 every city reports in this period, so that only series that never have a price are missing.
    const simulated = read(write(1, "2026-01-05"));

    test.each(realFiles)(
      "every block of %s has the labels, headers, gaps and merges of the simulated workbook",
      (name) => {
        const real = read(readFileSync(new URL(name, REAL_FOLDER)));
        const blocks = (real.cells.length - 2) / BLOCK_ROWS;
        expect(real.names).toEqual(simulated.names);
        expect(real.cells.slice(0, 3)).toEqual(simulated.cells.slice(0, 3));
        expect(real.range).toBe(`A1:F${3 + blocks * BLOCK_ROWS - 1}`);
        expect(simulated.range).toBe(`A1:F${3 + 2 * BLOCK_ROWS - 1}`);
        const [ours, ourMerges] = [skeleton(simulated, 0), mergesOf(simulated, 0)];
        const zeroRow = 4 + MILK_CITIES.findIndex(({ city }) => city === ZERO_CITY);
        const isOddDay = (block: number): boolean => skeleton(real, block)[zeroRow]?.[2] === "s/d";
        let odd = 0;
        for (let block = 0; block < blocks; block += 1) {
          expect(mergesOf(real, block)).toEqual(ourMerges);
          if (isOddDay(block)) odd += 1;
          else expect(skeleton(real, block)).toEqual(ours);
        }
        // On one day the city with zeros had no data.
        expect(odd).toBeLessThanOrEqual(1);
      },
    );
  },
);
