import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Feed } from "../../shared/feeds/feed.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { compareFacts, type Fact } from "../../shared/lake/fact.ts";
import {
  canPartition,
  isFileName,
  partitionPath,
  partitionPrefix,
  partKey,
  rawKey,
  readRawKey,
  successKey,
} from "../../shared/lake/keys.ts";
import { readParquet, writeParquet } from "../../shared/lake/parquet.ts";
import { groupByPartition } from "../../shared/lake/plan.ts";
import { successShape, writeSuccess } from "../../shared/lake/success.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { type Granularity, granularities } from "../../shared/period.ts";

const folder = mkdtempSync(join(tmpdir(), "almanac-lake-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const periods: Record<Granularity, fc.Arbitrary<string>> = {
  day: fc.constantFrom("1979-01-01", "2024-02-29", "2025-12-31"),
  hour: fc.constantFrom("1979-01-01T00", "2024-02-29T23", "2025-10-26T02"),
  month: fc.constantFrom("1979-01", "2024-02", "2025-12"),
  quarter: fc.constantFrom("1979-Q1", "2024-Q2", "2025-Q4"),
};
const text = fc.string({ unit: "grapheme" });

describe.each(granularities)("facts by %s", (granularity) => {
  const feed: Feed = { ...sniimMilk, granularity, dimensions: ["place", "kind"] };
  const fact = fc.record({
    period: periods[granularity],
    series: fc.tuple(text, text).map((names) => JSON.stringify(names)),
    variable: text,
    value: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  });

  test("are read back unchanged, and the same facts give the same bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { minLength: 1, maxLength: 30 }), async (facts: Fact[]) => {
        const bytes = writeParquet(feed, facts);
        expect(await readParquet(feed, bytes)).toEqual(facts);
        expect(sha256Hex(writeParquet(feed, structuredClone(facts)))).toBe(sha256Hex(bytes));
      }),
      { numRuns: 40 },
    );
  });
});

test("a file of another feed is rejected with the column that it does not have", async () => {
  const facts = [{ period: "2025-01-03", series: '["north"]', variable: "price", value: 1 }];
  const bytes = writeParquet({ ...sniimMilk, dimensions: ["place"] }, facts);
  await expect(readParquet({ ...sniimMilk, dimensions: ["city"] }, bytes)).rejects.toThrow("no column city");
});

test("DuckDB reads the partitions, types and values of the lake", async () => {
  const series = (city: string) => JSON.stringify(["Jalisco", city, "Pasteurizada", "Tiendas"]);
  const facts: Fact[] = ["2024-12-30", "2025-01-03"]
    .flatMap((period, index) =>
      ["Guadalajara", "Tepatitlán"].map((city) => ({
        period,
        series: series(city),
        variable: "precio",
        value: 20.25 + index,
      })),
    )
    .sort(compareFacts);
  for (const [path, group] of groupByPartition(facts, (period) => partitionPath(sniimMilk, period))) {
    const file = join(folder, partKey("sniim-milk", path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, writeParquet(sniimMilk, group));
  }
  writeFileSync(join(folder, successKey("sniim-milk")), "{}");

  const connection = await (await DuckDBInstance.create()).connect();
  const source = `read_parquet('${folder}/clean/sniim-milk/**/*.parquet', hive_partitioning = true)`;
  const types = await (
    await connection.runAndReadAll(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${source})`)
  ).getRows();
  expect(Object.fromEntries(types as [string, string][])).toEqual({
    Estado: "VARCHAR",
    Ciudad: "VARCHAR",
    Tipo: "VARCHAR",
    Canal: "VARCHAR",
    period: "DATE",
    variable: "VARCHAR",
    value: "DOUBLE",
    year: "BIGINT",
    month: "VARCHAR",
    day: "VARCHAR",
  });
  const sql = `SELECT Ciudad, period::VARCHAR, value, year, month FROM ${source} WHERE year = 2025 ORDER BY Ciudad`;
  expect((await connection.runAndReadAll(sql)).getRowsJson()).toEqual([
    ["Guadalajara", "2025-01-03", 21.25, "2025", "01"],
    ["Tepatitlán", "2025-01-03", 21.25, "2025", "01"],
  ]);
  connection.closeSync();
});

test("partitions are folders by day, month or year, and partitionPrefix is the prefix of their periods", () => {
  const of = (partitionBy: Feed["partitionBy"], period: string) => partitionPath({ ...sniimMilk, partitionBy }, period);
  expect(of("day", "2025-01-03")).toBe("year=2025/month=01/day=03");
  expect(of("month", "2025-01-03T07")).toBe("year=2025/month=01");
  expect(of("year", "2025-01")).toBe("year=2025");
  expect(of("year", "2025-Q3")).toBe("year=2025");
  expect(["day", "month", "year"].map((by) => partitionPrefix(of(by as Feed["partitionBy"], "2025-01-03")))).toEqual([
    "2025-01-03",
    "2025-01",
    "2025",
  ]);
});

test("a partition is never finer than its periods", () => {
  const by = (granularity: Granularity) =>
    (["year", "month", "day"] as const).filter((partitionBy) => canPartition({ granularity, partitionBy }));
  expect(Object.fromEntries(granularities.map((granularity) => [granularity, by(granularity)]))).toEqual({
    hour: ["year", "month", "day"],
    day: ["year", "month", "day"],
    month: ["year", "month"],
    quarter: ["year"],
  });
});

test("only valid file names are accepted in keys", () => {
  for (const name of [
    "",
    ".",
    "..",
    "a/b",
    "a\\b",
    "a b",
    "a\u0000",
    "../a.xlsx",
    "a..xlsx",
    "ñ.xlsx",
    "a".repeat(129),
    "-a",
    "%2e%2e",
  ])
    expect(isFileName(name)).toBe(false);
  const file = { feed: "sniim-milk", name: "Leche03012025.xlsx", arrival: 1 };
  const sha256 = "0123456789abcdef".repeat(4);
  const key = rawKey(file, sha256);
  expect(key).toBe("raw/sniim-milk/0123456789abcdef-Leche03012025.xlsx");
  expect(readRawKey(key)).toEqual(file);
  const second = rawKey({ ...file, arrival: 2 }, sha256);
  expect(second).toBe("raw/sniim-milk/0123456789abcdef.2-Leche03012025.xlsx");
  expect(readRawKey(second)).toEqual({ ...file, arrival: 2 });
  for (const other of [
    "raw/a",
    "clean/sniim-milk/0123456789abcdef-a",
    "raw/sniim-milk/short-a.xlsx",
    "raw/sniim-milk/0123456789abcdef.0-a.xlsx",
    "raw/sniim-milk/0123456789abcdef-a/b",
    "raw/../0123456789abcdef-a",
  ])
    expect(readRawKey(other)).toBeNull();
});

test("_SUCCESS lists every partition, sorted by path", () => {
  const partition = (path: string) => ({ path, rows: 2, sha256: "s", etag: "e" });
  const [a, b] = [partition("year=2024"), partition("year=2025")];
  expect(writeSuccess(sniimMilk, [b, a])).toBe(writeSuccess(sniimMilk, [a, b]));
  expect(successShape.parse(JSON.parse(writeSuccess(sniimMilk, [a, b])))).toMatchObject({
    rows: 4,
    partitions: [{ path: "year=2024/part.parquet" }, { path: "year=2025/part.parquet" }],
  });
});
