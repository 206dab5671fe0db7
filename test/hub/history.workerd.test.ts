/** Tests the numbered history of a forecast: an older one never replaces a newer one, and upkeep repairs KV. */
import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { findHistory } from "../../shared/db/histories.ts";
import { findForecast } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import worker from "../../workers/hub/index.ts";
import { type HistoryEffects, repairHistories, writeHistory } from "../../workers/hub/ingest/write-history.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";

const found = findForecast("milk-mx");
if (!found) throw new Error("there is no forecast milk-mx");
const forecast = found;
const key = "history:milk-mx";
const { features, ...declaration } = forecast;

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const fileOf = (...days: readonly string[]) => ({
  name: `Leche${days.at(-1)}012025.xlsx`,
  bytes: publication(days.map((day) => ({ day: `2025-01-${day}`, cities: someCities(3) }))),
});

async function take(...days: readonly string[]): Promise<void> {
  expect(await ingestHere(hub, fileOf(...days))).toMatchObject({ state: "done" });
}

interface Kv {
  readonly number: number;
  readonly periods: readonly string[];
}

const inKv = () => hub.snapshots.get<Kv>(key, "json");
const upkeep = () => worker.scheduled(createScheduledController({ cron: "7 * * * *" }), testEnv);

/** Returns a hub whose KV calls `before` before each put. */
function putting(before: (text: string) => Promise<void>): HistoryEffects {
  const snapshots = new Proxy(hub.snapshots, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "put") return value.bind(target);
      return async (...parameters: unknown[]) => {
        await before(String(parameters[1]));
        return Reflect.apply(value, target, parameters);
      };
    },
  });
  return { ...hub, snapshots };
}

test("each change of the history gets the next number, and an unchanged history has the same number", async () => {
  await take("03");
  expect(await inKv()).toMatchObject({ number: 1, periods: ["2025-01-03"] });
  await take("03", "06");
  expect(await inKv()).toMatchObject({ number: 2, periods: ["2025-01-03", "2025-01-06"] });
  expect(await writeHistory(hub, forecast)).toBe(false);
  const text = (await hub.snapshots.get(key)) ?? "";
  expect(await findHistory(hub.db, "milk-mx")).toMatchObject({ number: 2, sha256: sha256Hex(text) });
});

test("a slower writer leaves the newer history in KV", async () => {
  await take("03");
  let isOvertaken = false;
  const slow = putting(async () => {
    if (isOvertaken) return;
    isOvertaken = true;
    // This writer's history has number 2. A newer publication ends first.
    await take("03", "06", "08");
    expect(await inKv()).toMatchObject({ number: 3, periods: ["2025-01-03", "2025-01-06", "2025-01-08"] });
  });
  await hub.snapshots.delete(key);
  await testEnv.DB.exec("UPDATE histories SET sha256 = replace(hex(zeroblob(32)), '00', '11')");
  await writeHistory(slow, forecast);
  expect(isOvertaken).toBe(true);
  expect(await inKv()).toMatchObject({ number: 3, periods: ["2025-01-03", "2025-01-06", "2025-01-08"] });
});

test("two simultaneous writers get different numbers for different histories, and KV ends with the higher number", async () => {
  await take("03");
  const reaching = (periods: number) => ({
    ...declaration,
    features: features.map((feature) => ("periods" in feature ? { ...feature, periods } : feature)),
  });
  await take("03", "06", "08");
  await Promise.all([writeHistory(hub, reaching(1)), writeHistory(hub, reaching(2)), writeHistory(hub, forecast)]);
  const text = (await hub.snapshots.get(key)) ?? "";
  expect(await findHistory(hub.db, "milk-mx")).toMatchObject({
    number: JSON.parse(text).number,
    sha256: sha256Hex(text),
  });
});

test.each([
  ["is missing", () => hub.snapshots.delete(key)],
  ["is not JSON", () => hub.snapshots.put(key, "{")],
  [
    "has another value",
    async () => hub.snapshots.put(key, ((await hub.snapshots.get(key)) ?? "").replace("20,", "21,")),
  ],
  ["is older", async () => hub.snapshots.put(key, JSON.stringify({ ...(await inKv()), number: 1, periods: [] }))],
  ["has no number, as in earlier versions", () => previousVersion()],
])("upkeep repairs a history that %s", async (_, damage) => {
  await take("03");
  await take("03", "06");
  const original = await hub.snapshots.get(key);
  await damage();
  expect(await hub.snapshots.get(key)).not.toBe(original);
  await upkeep();
  const { number, ...repaired } = (await inKv()) ?? { number: 0 };
  expect(number).toBeGreaterThan(0);
  expect({ ...repaired, number: 2 }).toEqual(JSON.parse(original ?? ""));
  expect(await repairHistories(hub, [forecast])).toEqual([]);
});

async function previousVersion(): Promise<void> {
  const { number: _, ...unnumbered } = (await inKv()) ?? { number: 0 };
  await hub.snapshots.put(key, JSON.stringify(unnumbered));
  await testEnv.DB.exec("DELETE FROM histories");
}

test("upkeep writes a variable that a newer version of the code reads", async () => {
  await take("03");
  expect(await repairHistories(hub, [forecast])).toEqual([]);
  const newer = {
    ...forecast,
    sources: forecast.sources.map((source) => ({ ...source, variables: [...source.variables, "litros"] })),
    features: [...features, { name: "litros_1", kind: "lag" as const, periods: 1, variable: "litros" }],
  };
  expect(await repairHistories(hub, [newer])).toEqual([key]);
  expect(await inKv()).toMatchObject({
    number: 2,
    series: expect.arrayContaining([expect.objectContaining({ others: { litros: [null] } })]),
  });
  expect(await repairHistories(hub, [newer])).toEqual([]);
});

test("upkeep writes observations that an ingest recorded before it failed at the history", async () => {
  await take("03");
  const failing = { ...hub, snapshots: putting(() => Promise.reject(new Error("KV is down"))).snapshots };
  await expect(ingestHere(failing, fileOf("03", "06"))).rejects.toThrow("KV is down");
  expect(await inKv()).toMatchObject({ periods: ["2025-01-03"] });
  await upkeep();
  expect(await inKv()).toMatchObject({ periods: ["2025-01-03", "2025-01-06"] });
});

test("upkeep rebuilds an intact history only once a day", async () => {
  await take("03");
  let reads = 0;
  const counting = new Proxy(testEnv.DB, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== "prepare" || typeof value !== "function") return value;
      return (sql: string) => {
        if (/from "observations"/.test(sql)) reads++;
        return Reflect.apply(value, target, [sql]);
      };
    },
  });
  const { drizzle } = await import("drizzle-orm/d1");
  const schema = await import("../../shared/db/schema.ts");
  const watched = { ...hub, db: drizzle(counting, { schema }) };
  expect(await repairHistories(watched, [forecast])).toEqual([]);
  expect(reads).toBe(0);
  const later = { ...watched, now: () => new Date(Date.now() + 25 * 60 * 60_000) };
  expect(await repairHistories(later, [forecast])).toEqual([]);
  expect(reads).toBeGreaterThan(0);
});

test("after D1 was restored from a backup, the next number is higher than that in KV", async () => {
  await take("03");
  await take("03", "06");
  const { number: _, ...newest } = (await inKv()) ?? { number: 0 };
  await hub.snapshots.put(key, JSON.stringify({ ...newest, number: 40 }));
  await upkeep();
  expect(await inKv()).toMatchObject({ number: 41, periods: ["2025-01-03", "2025-01-06"] });
});

test("a forecast without observations gets no history", async () => {
  await upkeep();
  expect(await hub.snapshots.get(key)).toBeNull();
  expect(await findHistory(hub.db, "milk-mx")).toBeNull();
});
