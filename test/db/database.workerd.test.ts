import { applyD1Migrations } from "cloudflare:test";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { runBatch } from "../../shared/db/database.ts";
import { latestFacts } from "../../shared/db/history.ts";
import { saveIngest } from "../../shared/db/ingests.ts";
import { checkLease, leaseMs, releaseLease, renewLease, takeLease, writeWithLease } from "../../shared/db/leases.ts";
import { saveFacts } from "../../shared/db/observations.ts";
import * as schema from "../../shared/db/schema.ts";
import { listSeries, saveSeries } from "../../shared/db/series.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, testEnv } from "../support/hub.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

test("the schema that tests use is that of the migrations", async () => {
  const all =
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%d1_%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY 1, 2";
  const [used, seeded] = [await query(all), await query("SELECT * FROM predictions_since")];
  await emptyStores();
  await applyD1Migrations(testEnv.DB, testEnv.TEST_MIGRATIONS);
  const migrated = (await query(all)).filter((row) => !JSON.stringify(row).includes("sqlite_sequence"));
  expect(used.filter((row) => !JSON.stringify(row).includes("sqlite_sequence"))).toEqual(migrated);
  expect(seeded).toEqual(await query("SELECT * FROM predictions_since"));
});

const declared: unknown[] = Object.values(schema);
const tables = declared
  .filter((value) => is(value, SQLiteTable))
  .map((table): [string, SQLiteTable] => [getTableName(table), table]);

test.each(tables)("the Drizzle schema of %s matches the migrated table", async (_, table) => {
  const { name, primaryKeys } = getTableConfig(table);
  const migrated = (await query(`PRAGMA table_info(${name})`)) as {
    name: string;
    type: string;
    notnull: number;
    pk: number;
  }[];
  const keyed = primaryKeys.flatMap(({ columns }) => columns.map((column) => column.name));
  const columns = Object.values(getTableColumns(table)).map((column) => {
    const isKey = column.primary || keyed.includes(column.name);
    return { name: column.name, type: column.getSQLType().toUpperCase(), notNull: column.notNull || isKey, isKey };
  });
  const found = migrated.map(({ name, type, notnull, pk }) => ({
    name,
    type,
    notNull: notnull === 1 || pk > 0,
    isKey: pk > 0,
  }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(columns.sort(byName)).toEqual(found.sort(byName));
});

test("flow_runs rejects a second flow with the same key and an unknown state", async () => {
  const insert = (id: string, key: string, state: string) =>
    testEnv.DB.prepare(
      "INSERT INTO flow_runs (id, kind, key, state, params, created_at) VALUES (?, 'k', ?, ?, '{}', '')",
    )
      .bind(id, key, state)
      .run();
  await insert("1", "a", "queued");
  await expect(insert("2", "a", "queued")).rejects.toThrow(/UNIQUE/);
  await expect(insert("3", "b", "perhaps")).rejects.toThrow(/CHECK/);
});

const start = new Date("2025-01-03T00:00:00Z");
const later = (ms: number) => new Date(start.getTime() + ms);

test("one run holds a lease until it is released or expires, and its fence only grows", async () => {
  expect(await takeLease(hub.db, "f", "one", start)).toBe(1);
  expect(await takeLease(hub.db, "f", "two", start)).toBeNull();
  expect(await renewLease(hub.db, "f", 1, later(leaseMs / 2))).toBe(true);
  expect(await takeLease(hub.db, "f", "two", later(leaseMs + 1))).toBeNull();
  expect(await takeLease(hub.db, "f", "two", later(2 * leaseMs))).toBe(2);
  expect(await renewLease(hub.db, "f", 1, later(2 * leaseMs))).toBe(false);
  await releaseLease(hub.db, "f", 1);
  expect(await takeLease(hub.db, "f", "three", later(2 * leaseMs))).toBeNull();
  await releaseLease(hub.db, "f", 2);
  expect(await takeLease(hub.db, "f", "three", later(2 * leaseMs))).toBe(3);
  expect(await takeLease(hub.db, "g", "one", start)).toBe(1);
});

test("a batch writes nothing after another run has taken the lease", async () => {
  await takeLease(hub.db, "sniim-milk", "one", start);
  const write = (fence: number, key: string) =>
    writeWithLease(() => runBatch(hub.db, [checkLease("sniim-milk", fence), ...saveSeries(sniimMilk, [key])]));
  expect(await write(1, '["a"]')).toBe(true);
  await takeLease(hub.db, "sniim-milk", "two", later(2 * leaseMs));
  expect(await write(1, '["b"]')).toBe(false);
  await releaseLease(hub.db, "sniim-milk", 2);
  expect(await write(2, '["c"]')).toBe(false);
  expect(await query("SELECT key FROM series")).toEqual([{ key: '["a"]' }]);
});

function anIngest(): Promise<number> {
  return saveIngest(hub.db, {
    feed: "sniim-milk",
    flowId: "f",
    rawKey: "raw/a",
    rank: "1",
    publishedOn: null,
    arrivedAt: "",
    firstPeriod: null,
    lastPeriod: null,
    stats: {},
  });
}

test("the database returns every stored number unchanged", async () => {
  const ingest = await anIngest();
  await runBatch(hub.db, saveSeries(sniimMilk, ["[]"]));
  const ids = new Map((await listSeries(hub.db, "sniim-milk")).map(({ key, id }) => [key, id]));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 200, maxLength: 300 }),
      async (values) => {
        const facts = values.map((value, index) => ({
          period: `${index}`.padStart(5, "0"),
          series: "[]",
          variable: "precio",
          value,
          source: { ingest, rank: "1" },
        }));
        await runBatch(hub.db, saveFacts("sniim-milk", facts, ids));
        const rows = (await query("SELECT value FROM observations ORDER BY period")) as { value: number }[];
        // JSON cannot express negative zero.
        expect(rows.slice(0, values.length).map(({ value }) => value)).toEqual(values.map((value) => value + 0));
      },
    ),
    { numRuns: 10 },
  );
});

test("latestFacts returns the wanted variables and number of periods, in whole days", async () => {
  const hours = ["2025-01-01T22", "2025-01-01T23", "2025-01-02T00", "2025-01-02T01", "2025-01-03T05"];
  const observed = hours.flatMap((hour) => [`${hour} ozone`, `${hour} noise`]).concat("2025-01-03T06 noise");
  const ingest = await anIngest();
  await runBatch(hub.db, saveSeries(sniimMilk, ["[]"]));
  const ids = new Map((await listSeries(hub.db, sniimMilk.id)).map(({ key, id }) => [key, id]));
  const facts = observed.map((text) => {
    const [period = "", variable = ""] = text.split(" ");
    return { period, variable, series: "[]", value: 1, source: { ingest, rank: "1" } };
  });
  await runBatch(hub.db, saveFacts(sniimMilk.id, facts, ids));
  const latest = async (variables: readonly string[], periods: number) => {
    const found = await latestFacts(hub.db, sniimMilk.id, { variables, periods, granularity: "hour", alignTo: "day" });
    return found.map(({ period, variable }) => `${period} ${variable}`).sort();
  };
  expect(await latest(["ozone"], 1)).toEqual(["2025-01-03T05 ozone"]);
  expect(await latest(["ozone"], 2)).toEqual(["2025-01-02T00 ozone", "2025-01-02T01 ozone", "2025-01-03T05 ozone"]);
  expect(await latest(["ozone", "noise"], 1)).toEqual(observed.slice(-3).sort());
  expect(await latest(["wind"], 1)).toEqual([]);
});
