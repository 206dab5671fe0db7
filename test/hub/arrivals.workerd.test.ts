/** Which of several arrivals wins: the later publication, then the later arrival, never the one that reaches further. */
import { applyD1Migrations } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { consume } from "../../workers/hub/queue.ts";
import { hoursOf } from "../support/air-quality.ts";
import { air, days, gold, goldFile, storedValue, take } from "../support/arrivals.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { asAdmin, ended, hub, migrate, query, testEnv } from "../support/hub.ts";
import type { ArrivedFile } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

describe("A, B, A", () => {
  const arrivals = [
    gold("2104.5", days[0], "A"),
    gold("2150.5", days[1], "B"),
    gold("2104.5", days[2], "A again"),
  ] as const;

  test("what was right before comes back, as an arrival with its own number, row and object", async () => {
    for (const each of arrivals) expect(await take(each)).toMatchObject({ state: "done" });
    expect(await storedValue("EUR", "2026-11-20")).toBe(2104.5);
    expect(await query("SELECT id, arrived_at FROM ingests ORDER BY id")).toEqual(
      days.map((day, index) => ({ id: index + 1, arrived_at: `${day.slice(0, -1)}.000Z` })),
    );
    const keys = (await hub.lake.list({ prefix: "raw/" })).objects.map(({ key }) => key);
    expect(keys.filter((key) => /[0-9a-f]{16}\.2-Daily\.csv$/.test(key)).length).toBe(1);
    expect(keys.length).toBe(3);
  });

  test("three arrivals within one instant of the clock have the same result", async () => {
    for (const each of arrivals) await take({ ...each, arrivedAt: new Date(days[0]) });
    expect(await storedValue("EUR", "2026-11-20")).toBe(2104.5);
  });

  test("a retried flow and a redelivered message reuse the number", async () => {
    for (const each of [...arrivals, arrivals[1]]) await take(each);
    expect(await storedValue("EUR", "2026-11-20")).toBe(2104.5);
    const { objects } = await hub.lake.list({ prefix: "raw/" });
    const messages = objects.map(({ key, etag }) => ({
      body: {
        account: "a",
        action: "PutObject",
        bucket: "almanac-lake",
        object: { key, eTag: etag },
        eventTime: days[2],
      },
      ack() {},
      retry() {
        throw new Error("the message was not accepted");
      },
    }));
    await consume(hub, { queue: "lake-events", messages: messages as unknown as Message[] });
    expect(await query("SELECT count(*) AS ingests FROM ingests")).toEqual([{ ingests: 3 }]);
    expect(await query("SELECT count(*) AS flows FROM flow_runs")).toEqual([{ flows: 3 }]);
  });

  test("an upload of the same bytes under another name is known, and is an arrival too", async () => {
    for (const [name, known] of [
      ["a.csv", false],
      ["b.csv", true],
    ] as const) {
      const answer = await asAdmin(`/feeds/gold-csv/files/${name}`, { method: "PUT", body: goldFile("2104.5") });
      const upload = await answer.json<{ flow: string }>();
      expect(upload).toMatchObject({ known });
      expect(await ended(upload.flow)).toMatchObject({ state: "done" });
    }
    expect(await query("SELECT count(*) AS ingests FROM ingests")).toEqual([{ ingests: 2 }]);
  });
});

test("a file that reaches into the future does not make later corrections lose, and the later forecast wins", async () => {
  const far = air("air-quality-2026-11-15_2026-12-03.json", hoursOf("2026-11-20", "2026-12-03"), 50, days[1]);
  const correction = air("air-quality-2026-11-20_2026-11-24.json", hoursOf("2026-11-20"), 55, days[2]);
  const forecast = air("air-quality-2026-11-24_2026-12-03.json", hoursOf("2026-12-03"), 60, "2026-11-24T08:00:00Z");
  for (const order of [
    [far, correction, forecast],
    [forecast, correction, far],
  ]) {
    for (const each of order) expect(await take(each)).toMatchObject({ state: "done" });
    expect(await storedValue("ozone", "2026-11-20T12")).toBe(55);
    expect(await storedValue("ozone_forecast", "2026-12-03T12")).toBe(60);
    await emptyStores();
    await migrate();
  }
});

test("known bytes that arrive again do not turn forecasts into observations", async () => {
  const times = hoursOf("2026-11-22");
  const name = "air-quality-2026-11-22_2026-11-22.json";
  await take(air(name, times, 50, days[1]));
  await take({ ...air(name, times, 50, "2026-11-28T08:00:00Z"), arrival: "second" });
  expect(await query("SELECT count(*) AS ingests FROM ingests")).toEqual([{ ingests: 2 }]);
  expect(await query("SELECT max(period) AS last FROM observations WHERE variable = 'ozone'")).toEqual([
    { last: "2026-11-22T07" },
  ]);
});

test("a milk file of a later day wins, also if it arrives first; without a day in its name the arrival decides", async () => {
  const file = (name: string, price: number, at: string): ArrivedFile => ({
    name,
    bytes: publication([
      ...["2026-11-11", "2026-11-13", "2026-11-16", "2026-11-18"].map((day) => ({ day, cities: someCities(10) })),
      { day: "2026-11-20", cities: [...someCities(9), ...someCities(10, price).slice(9)] },
    ]),
    arrivedAt: new Date(at),
  });
  const value = async () =>
    (await query("SELECT max(value) AS value FROM observations WHERE period = '2026-11-20'")) as { value: number }[];
  await take(file("Leche23112026.xlsx", 21, "2026-11-24T08:00:00Z"));
  await take(file("Leche20112026.xlsx", 22, "2026-11-25T08:00:00Z"));
  expect(await value()).toEqual([{ value: 30.75 }]);
  await take(file("corrected.xlsx", 22, "2026-11-26T08:00:00Z"));
  expect(await value()).toEqual([{ value: 31.75 }]);
});

test("a block of the future is ingested from no file, and is listed as a problem", async () => {
  const block = (day: string) => ({ day, cities: someCities(3) });
  const bytes = publication(["2026-11-23", "2026-11-25", "2026-11-27", "2026-12-02"].map(block));
  expect(await take({ name: "prices.xlsx", bytes })).toMatchObject({
    state: "done",
    stats: { lastPeriod: "2026-11-27", problemsByReason: { "future-period": 1 } },
  });
  expect(await query("SELECT reason, period, lost FROM problems")).toEqual([
    { reason: "future-period", period: "2026-12-02", lost: 12 },
  ]);
  expect(JSON.parse((await hub.snapshots.get("history:milk-mx")) ?? "")).toMatchObject({
    periods: ["2026-11-23", "2026-11-25", "2026-11-27"],
  });
});

test("a lake of an earlier version has ranks by publication and arrival after the migration", async () => {
  await emptyStores();
  const [last] = testEnv.TEST_MIGRATIONS.slice(-1);
  const at = testEnv.TEST_MIGRATIONS.findIndex(({ name }) => name.startsWith("0008"));
  expect(last && at).toBeGreaterThan(0);
  await applyD1Migrations(testEnv.DB, testEnv.TEST_MIGRATIONS.slice(0, at));
  const flows = [
    ["flow-1", "done"],
    ["flow-2", "held"],
    ["flow-3", "done"],
  ] as const;
  for (const [id, state] of flows)
    await testEnv.DB.prepare(
      "INSERT INTO flow_runs (id, kind, key, state, params, created_at) VALUES (?, 'ingest', ?, ?, '{}', '')",
    )
      .bind(id, id, state)
      .run();
  const old = [
    [
      "open-meteo-air-quality",
      "flow-1",
      "raw/open-meteo-air-quality/0123456789abcdef-air-quality-2026-11-15_2026-12-03.json",
      "2026-12-03T23 2026-12-03 2026-11-22T08:00:00.000Z raw/x",
      "2026-12-03",
      days[1],
    ],
    ["gold-csv", "flow-2", "raw/gold-csv/0123456789abcdef-Daily.csv", "2026-11-20  x raw/y", null, days[0]],
    [
      "sniim-milk",
      "flow-3",
      "raw/sniim-milk/0123456789abcdef-Leche20112026.xlsx",
      "2026-11-20 2026-11-20 x raw/z",
      "2026-11-20",
      days[2],
    ],
  ] as const;
  for (const row of old)
    await testEnv.DB.prepare(
      "INSERT INTO ingests (feed, flow_id, raw_key, rank, published_on, arrived_at, stats) VALUES (?, ?, ?, ?, ?, ?, '{}')",
    )
      .bind(...row)
      .run();
  await applyD1Migrations(testEnv.DB, testEnv.TEST_MIGRATIONS);
  expect(await query("SELECT feed, rank, published_on, accepted_at IS NOT NULL AS accepted FROM ingests")).toEqual([
    { feed: "open-meteo-air-quality", rank: `2026-11-22 ${days[1]}`, published_on: null, accepted: 1 },
    { feed: "gold-csv", rank: `2026-11-21 ${days[0]}`, published_on: null, accepted: 0 },
    { feed: "sniim-milk", rank: `2026-11-20 ${days[2]}`, published_on: "2026-11-20", accepted: 1 },
  ]);
  const correction = air("air-quality-2026-11-24_2026-11-30.json", hoursOf("2026-11-20"), 55, days[2]);
  expect(await take(correction)).toMatchObject({ state: "done" });
});
