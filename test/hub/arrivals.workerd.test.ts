/** Which of several arrivals wins: the later publication, then the later arrival, never the one that reaches further. */
import { applyD1Migrations, reset } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { consume } from "../../workers/hub/queue.ts";
import { answer, hoursOf } from "../support/air-quality.ts";
import { asAdmin, ended, hub, migrate, query, testEnv } from "../support/hub.ts";
import { type ArrivedFile, ingestHere } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";

beforeEach(async () => {
  await reset();
  await migrate();
});

const { FILES } = testEnv as unknown as { readonly FILES: Pick<Fetcher, "fetch"> };
const text = (content: string) => new TextEncoder().encode(content);

async function take(file: ArrivedFile) {
  return ingestHere(hub, file);
}

async function storedValue(variable: string, period: string): Promise<number | undefined> {
  const [row] = (await query(
    `SELECT value FROM observations WHERE variable = '${variable}' AND period = '${period}'`,
  )) as { value: number }[];
  return row?.value;
}

/** Gold prices of five days; the last one is the given price. */
const goldFile = (last: string) =>
  text(`Date,EUR\n11/16/2026,2100.1\n11/17/2026,2101.5\n11/18/2026,2102.5\n11/19/2026,2103.5\n11/20/2026,${last}\n`);
const gold = (last: string, at: string, arrival = "first"): ArrivedFile => ({
  feed: "gold-csv",
  name: "Daily.csv",
  bytes: goldFile(last),
  arrivedAt: new Date(at),
  arrival,
});
const days = ["2026-11-21T08:00:00Z", "2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"] as const;

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

const air = (name: string, times: readonly string[], ozone: number, at: string): ArrivedFile => ({
  feed: "open-meteo-air-quality",
  name,
  bytes: text(JSON.stringify(answer({ times, lists: { ozone: times.map(() => ozone) } }))),
  arrivedAt: new Date(at),
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
    await reset();
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

describe("a stored value for which a newer publication states no value stays in use and is reported", () => {
  test.each([
    [
      "gold: #N/A",
      gold("2104.5", days[0], "A"),
      gold("#N/A", days[1], "B"),
      "EUR 2026-11-20: no value of EUR, for which 2104.5 is stored",
    ],
    [
      "air quality: null of a past hour",
      air("a.json", hoursOf("2026-11-20"), 50, days[0]),
      {
        ...air("b.json", [], 0, days[1]),
        bytes: text(
          JSON.stringify(
            answer({
              times: hoursOf("2026-11-20"),
              lists: { ozone: Array.from({ length: 24 }, (_, hour) => (hour === 3 ? null : 50)) },
            }),
          ),
        ),
      },
      "ozone 2026-11-20T03: no value of ozone, for which 50 is stored",
    ],
    [
      "milk: an empty cell",
      { name: "Leche20112026.xlsx", bytes: publication([{ day: "2026-11-20", cities: someCities(10) }]) },
      {
        name: "Leche23112026.xlsx",
        bytes: publication([
          {
            day: "2026-11-20",
            cities: someCities(10).map((city, index) =>
              index === 0 ? { ...city, prices: [null, 20.25, 20.5, 20.75] as const } : city,
            ),
          },
        ]),
      },
      "precio 2026-11-20: no value of precio, Jalisco, Ciudad A, Pasteurizada, Autoservicios, for which 20 is stored",
    ],
  ])("%s", async (_, before, after, reported) => {
    await take(before);
    const stored = await query("SELECT count(*) AS facts FROM observations");
    expect(await take(after)).toMatchObject({ state: "done", stats: { blanked: 1 } });
    expect(await query("SELECT count(*) AS facts FROM observations")).toEqual(stored);
    const problems = (await query(
      `SELECT "column" || ' ' || period || ': ' || found AS text, lost FROM problems WHERE reason = 'blanked-value'`,
    )) as { text: string; lost: number }[];
    expect(problems).toEqual([{ text: reported, lost: 0 }]);
  });

  test("a publication that takes back most of a currency is held", async () => {
    const many = (value: (day: number) => string) =>
      text(
        `Date,EUR,USD\n${Array.from({ length: 20 }, (_, index) => {
          const day = new Date(Date.UTC(2026, 9, 19 + index + 2 * Math.floor(index / 5)));
          return `${day.getUTCMonth() + 1}/${day.getUTCDate()}/2026,${value(index)},2500.5`;
        }).join("\n")}\n`,
      );
    await take({ ...gold("", days[1], "C"), bytes: many(() => "2100.1") });
    expect(await take({ ...gold("", days[2], "D"), bytes: many(() => "#N/A") })).toMatchObject({
      state: "held",
      reason: expect.stringContaining("20 of 40 stored values of the feed are contradicted (50 %)"),
    });
  });
});

test("a lake of an earlier version has ranks by publication and arrival after the migration", async () => {
  await reset();
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

const isHere = (await FILES.fetch("http://files.test/case/gold-A.csv")).ok;
if (!isHere) console.log("skipped with shared cases: ../shared/cases is not there");

describe.skipIf(!isHere)("the shared cases", () => {
  async function shared(feed: string, name: string, at: string, arrival = name): Promise<ArrivedFile> {
    const file = await FILES.fetch(`http://files.test/case/${name}`);
    return { feed, name, bytes: new Uint8Array(await file.arrayBuffer()), arrivedAt: new Date(at), arrival };
  }

  test("gold-A, gold-B, gold-A again: A's price is used", async () => {
    for (const [name, at, arrival] of [
      ["gold-A.csv", days[0], "A"],
      ["gold-B.csv", days[1], "B"],
      ["gold-A.csv", days[2], "A again"],
    ] as const)
      expect(await take(await shared("gold-csv", name, at, arrival))).toMatchObject({ state: "done" });
    expect(await storedValue("EUR", "2026-11-20")).toBe(2223.4);
  });

  test("gold-withdrawn: the stored price stays and the missing one is reported", async () => {
    await take(await shared("gold-csv", "gold-A.csv", days[0]));
    expect(await take(await shared("gold-csv", "gold-withdrawn.csv", days[1]))).toMatchObject({
      state: "done",
      stats: { blanked: 1 },
    });
    expect(await storedValue("EUR", "2026-11-18")).toBe(2245.8);
  });

  test("the correction of 2026-11-24 to 30 wins against the file that reaches to 2026-12-03", async () => {
    const feed = "open-meteo-air-quality";
    const far = await shared(feed, "air-quality-2026-11-15_2026-12-03.json", "2026-11-28T12:00:00Z");
    const correction = await shared(feed, "air-quality-2026-11-24_2026-11-30.json", "2026-11-29T12:00:00Z");
    expect(await take(far)).toMatchObject({ state: "done" });
    expect(await take(correction)).toMatchObject({ state: "done" });
    const { hourly } = JSON.parse(new TextDecoder().decode(correction.bytes)) as {
      hourly: { time: string[]; ozone: number[] };
    };
    for (const [index, time] of hourly.time.entries()) {
      const period = time.slice(0, 13);
      const variable = period <= "2026-11-29T11" ? "ozone" : "ozone_forecast";
      expect([period, await storedValue(variable, period)]).toEqual([period, hourly.ozone[index]]);
    }
  });

  test("Leche27112026 with its block of 2026-12-04 has no observation on 2026-11-29", async () => {
    expect(await take(await shared("sniim-milk", "Leche27112026.xlsx", "2026-11-29T12:00:00Z"))).toMatchObject({
      state: "failed",
      reason: expect.stringContaining("2026-12-04"),
    });
    expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 0 }]);
  });
});
