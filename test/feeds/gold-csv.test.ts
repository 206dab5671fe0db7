/** Gold prices: the real file is read completely, and damaged files never crash the parser or give a number that is not there. */
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Parsed } from "../../shared/feeds/feed.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { countReasons } from "../../shared/feeds/hold.ts";
import { compact, goldenArrival } from "../support/golden.ts";
import { isMatrix } from "../support/is-matrix.ts";

const parse = (content: string | Uint8Array): Promise<Parsed> =>
  goldCsv.parse(typeof content === "string" ? new TextEncoder().encode(content) : content, {
    name: "Daily.csv",
    arrivedAt: goldenArrival,
  });

const real = "../shared/data/gold/Daily.csv";
const isHere = existsSync(real);
if (!isHere) console.log(`skipped: the real gold prices are read from ${real}, which is not there`);

let realParsed: Promise<Parsed> | undefined;

/** Parses the real file once. */
function parseReal(): Promise<Parsed> {
  realParsed ??= parse(readFileSync(real));
  return realParsed;
}

test.skipIf(!isHere)("the real file is read as Python's csv module counts it", async () => {
  const golden = JSON.parse(readFileSync("test/golden/gold.json", "utf8"));
  const { observations, problems, skipped } = await parseReal();
  expect(problems).toEqual([]);
  expect(skipped).toEqual({ "not-available": golden.notAvailable });
  expect(new Set(observations.map(({ period }) => period)).size).toBe(golden.days);
  for (const [code, expected] of Object.entries<Record<string, number | string>>(golden.currencies)) {
    const own = observations.filter(({ variable }) => variable === code);
    const sum = own.reduce((total, { value }) => total + value, 0);
    expect({ count: own.length, first: own[0]?.period, last: own.at(-1)?.value }).toEqual({
      count: expected.count,
      first: expected.first,
      last: expected.last,
    });
    expect(sum / Number(expected.sum)).toBeCloseTo(1, 9);
  }
});

const lines = [
  "Date,USD,JPY,EUR",
  '1/2/1979,226.8,"43,164.9",137.3',
  '1/3/1979,218.6,"43,717.9",134.0',
  "1/4/1979,223.2,#N/A,136.8",
  '1/5/1979,225.5,"44,582.5",138.4',
  '1/8/1979,223.1,"44,436.2",136.4',
];
const whole = lines.join("\n");
const facts = new Set(compact(await parse(whole)).observations);

test("a file that is cut off anywhere gives no fact that the complete file does not give", async () => {
  expect(facts.size).toBe(14);
  for (let length = 0; length < whole.length; length++) {
    const parsed = compact(await parse(whole.slice(0, length)));
    for (const fact of parsed.observations) expect(facts, whole.slice(0, length)).toContain(fact);
  }
});

test("the order of the lines does not change the result", async () => {
  const [header = "", ...rows] = lines;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: rows.length }), async (shuffled) => {
      const { observations, problems } = compact(await parse(`${[header, ...shuffled].join("\n")}\n`));
      expect(new Set(observations)).toEqual(facts);
      expect(problems.length).toBe(1);
    }),
    { numRuns: isMatrix ? 30 : 12 },
  );
});

/** Returns the numbers of a text, without the commas inside quotes. */
function numbersIn(text: string): Set<number> {
  const plain = Array.from(text.matchAll(/\d+(?:\.\d+)?/g), ([found]) => Number(found));
  const quoted = text.split('"').map((part) => Number(part.replaceAll(",", "")));
  return new Set([...plain, ...quoted]);
}

test("overwritten cells never give a number that is not in the file", async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      "",
      "#N/A",
      '"',
      ',"',
      "1,77.4",
      '"1,77.4"',
      "1.2E3",
      "-5",
      "1e400",
      "0x10",
      "__proto__",
      "\r",
      "\0",
    ),
    fc.string(),
    fc.double({ noNaN: true }).map(String),
  );
  const place = fc.tuple(fc.nat(lines.length - 1), fc.nat(3), cell);
  await fc.assert(
    fc.asyncProperty(fc.array(place, { minLength: 1, maxLength: 5 }), async (places) => {
      const rows = lines.map((line) => line.match(/"[^"]*"|[^,]+/g) ?? []);
      for (const [row, column, text] of places) rows[row]?.splice(column, 1, text);
      const text = rows.map((row) => row.join(",")).join("\n");
      const { observations } = await parse(text);
      const numbers = numbersIn(text);
      for (const { value } of observations) expect(numbers).toContain(value);
    }),
    { numRuns: isMatrix ? 500 : 200 },
  );
});

/** Returns the real file with the cells of its last lines replaced by `change(price, column)`. */
function realWith(count: number, change: (price: string, column: number) => string): string {
  const rows = readFileSync(real, "utf8").trimEnd().split("\n");
  const changed = rows.slice(-count).map((row) => {
    const cells = row.match(/"[^"]*"|[^,]+/g) ?? [];
    return cells.map((cell, column) => change(cell.replaceAll(/[",]/g, ""), column)).join(",");
  });
  return `${[...rows.slice(0, -count), ...changed].join("\n")}\n`;
}

test.skipIf(!isHere)("a change of unit is rejected for as long as it lasts, in one column or in all", async () => {
  const whole = (await parseReal()).observations.length;
  for (const ounces of isMatrix ? [1 / 31.1035, 32.1507] : [1 / 31.1035]) {
    const other = (price: string) => (Number(price) * ounces).toFixed(2);
    const one = await parse(realWith(60, (price, column) => (column === 2 ? other(price) : price)));
    expect(countReasons(one.problems)).toEqual({ "implausible-jump": 60 });
    expect(one.observations.length).toBe(whole - 60);
    const all = await parse(realWith(60, (price, column) => (column > 0 ? other(price) : price)));
    expect(all.observations.length).toBe(whole - 60 * 19);
  }
});

test.skipIf(!isHere)("lines whose cells are shifted to the left give no price, not even a plausible one", async () => {
  const rows = readFileSync(real, "utf8").trimEnd().split("\n");
  const moved = rows.slice(-3).map((row) => `${row.replace(/,[^,"]+|,"[^"]+"/, "")},#N/A`);
  const { observations } = await parse([...rows.slice(0, -3), ...moved, ""].join("\n"));
  expect(observations.at(-1)?.period).toBe("2016-12-27");
});

test.skipIf(!isHere)("a file that starts to write the day first gives no price for a wrong day", async () => {
  const facts = new Set(compact(await parseReal()).observations);
  const dayFirst = (date: string) => date.replace(/^(\d+)\/(\d+)/, "$2/$1");
  for (const count of isMatrix ? [5, 60, 400, 9_916] : [60, 9_916]) {
    const text = realWith(count, (cell, column) => (column === 0 ? dayFirst(cell) : cell));
    const { observations } = compact(await parse(text));
    expect(observations.filter((fact) => !facts.has(fact))).toEqual([]);
  }
});

test("the parser returns for any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.nat(whole.length), async (noise, at) => {
      const bytes = new TextEncoder().encode(whole);
      const { observations, problems } = await parse(
        new Uint8Array([...bytes.slice(0, at), ...noise, ...bytes.slice(at)]),
      );
      expect(observations.every(({ value }) => Number.isFinite(value) && value > 0)).toBe(true);
      if (observations.length < facts.size - 3) expect(problems.length).toBeGreaterThan(0);
    }),
    { numRuns: isMatrix ? 300 : 120 },
  );
});

test("a file above a limit is rejected, and the problem shows the number", async () => {
  const { bytesMax, cellsMax } = goldCsv.limits;
  expect((await parse(new Uint8Array(bytesMax + 1))).problems).toMatchObject([{ reason: "too-large" }]);
  const header = ["Date", "EUR", ...Array(18).fill("x")].join(",");
  const refusal = async (lines: readonly string[]) => (await parse(lines.join("\n"))).problems;
  const rows = Array(cellsMax / 20 + 1).fill("x");
  expect(await refusal([header, ...rows])).toMatchObject([{ reason: "too-many-cells" }]);
  expect(await refusal(["Date,EUR", ...Array(50_000).fill("")])).toMatchObject([{ reason: "too-many-lines" }]);
  expect(await refusal([`Date,EUR${",".repeat(3_900_000)}`])).toMatchObject([{ reason: "too-many-columns" }]);
});

test("the one file is requested every day, with the ETag of the last copy", () => {
  const wanted = [{ period: "2026-11-20", path: "/Daily.csv", name: "Daily.csv", isGrowing: true }];
  expect(goldCsv.source.requests(null, "2026-11-20")).toEqual(wanted);
  expect(goldCsv.source.requests("2026-11-13", "2026-11-20")).toEqual(wanted);
});
