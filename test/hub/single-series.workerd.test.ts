/**
 * Tests feeds with one unnamed series, from upload to lake, database and API: a growing file, and files of a few days.
 */
import { beforeEach, describe, expect, test } from "vitest";
import { findFeed } from "../../shared/feeds/index.ts";
import { pollutants } from "../../shared/feeds/open-meteo-air-quality/pollutants.ts";
import { readParquet } from "../../shared/lake/parquet.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { answer, hoursOf } from "../support/air-quality.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, ingested, migrate, query, request, state } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";

// `emptyStores` empties every store except the state of Workflows, so the tests must request different flows.
let testNumber = 0;

async function newWorld(): Promise<void> {
  await emptyStores();
  await migrate();
  testNumber++;
}

beforeEach(newWorld);

const text = (content: string) => new TextEncoder().encode(content);

interface File {
  readonly feed: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function take({ feed, name, bytes }: File) {
  const [, stem = "", extension = ""] = /^(.*)(\.\w+)$/.exec(name) ?? [];
  // A name that contains a day ends with it.
  return ingested(`w${testNumber}-${stem}${extension}`, bytes, feed);
}

/** Ingests a file that arrived at this time, whenever it is processed. */
function takeArrived({ feed, name, bytes }: File, arrivedAt: string) {
  return ingestHere(hub, { feed, name, bytes, arrivedAt: new Date(arrivedAt) });
}

async function factsIn(feedId: string, part: string): Promise<number> {
  const feed = findFeed(feedId);
  const object = await hub.lake.get(`clean/${feedId}/${part}/part.parquet`);
  if (!feed || !object) throw new Error(`no ${part} of ${feedId}`);
  const facts = await readParquet(feed, new Uint8Array(await object.arrayBuffer()));
  expect(new Set(facts.map(({ series }) => series))).toEqual(new Set(["[]"]));
  return facts.length;
}

/** Returns the observations of the API, one line each. */
async function observations(path: string): Promise<string[]> {
  const response = await request(`/feeds/${path}&format=csv`);
  expect(response.status).toBe(200);
  return (await response.text()).trim().split("\r\n");
}

describe("air quality", () => {
  /**
   * Returns the hours of some days. The files differ only at noon, where ozone is `level`, because a file with more
   * contradictions is held.
   */
  const air = (name: string, days: readonly string[], level: number): File => {
    const times = hoursOf(...days);
    const same = Object.fromEntries(pollutants.map(({ name: variable }) => [variable, times.map(() => 20)]));
    const ozone = times.map((time) => (time.endsWith("T12:00") ? level : 40));
    const bytes = text(JSON.stringify(answer({ times, lists: { ...same, ozone } })));
    return { feed: "open-meteo-air-quality", name, bytes };
  };
  const days = (from: string, count: number) => Array.from({ length: count }, (_, index) => addDays(from, index));
  const level = async (day: string) =>
    query(`SELECT value FROM observations WHERE variable = 'ozone' AND period = '${day}T12'`);

  const month = air("air-quality-2024-01.json", days("2024-01-01", 31), 50);
  const first = air("air-quality-2024-01-27_2024-02-01.json", days("2024-01-27", 6), 60);
  const second = air("air-quality-2024-01-30_2024-02-04.json", days("2024-01-30", 6), 70);

  test("a later piece corrects the days it repeats, an older month fills in, in any order of processing", async () => {
    const ends = [];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0, 1],
      [2, 0, 1],
    ]) {
      for (const index of order) {
        const file = [month, first, second][index] ?? month;
        expect(await takeArrived(file, `2026-11-2${index}T08:00:00Z`)).toMatchObject({ state: "done", reason: null });
      }
      expect(await level("2024-01-26")).toEqual([{ value: 50 }]);
      expect(await level("2024-01-28")).toEqual([{ value: 60 }]);
      expect(await level("2024-01-31")).toEqual([{ value: 70 }]);
      expect(await level("2024-02-04")).toEqual([{ value: 70 }]);
      ends.push(await state());
      await newWorld();
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test("is in the lake by month, with one row per hour", async () => {
    await take(second);
    expect(await factsIn("open-meteo-air-quality", "year=2024/month=01")).toBe(2 * 24 * 6);
    expect(await factsIn("open-meteo-air-quality", "year=2024/month=02")).toBe(4 * 24 * 6);
    const [, ...ozone] = await observations(
      "open-meteo-air-quality/observations?variable=ozone&from=2024-02-01&to=2024-02-01",
    );
    expect([ozone.length, ozone[12]]).toEqual([24, "2024-02-01T12:00,ozone,70"]);
  });

  test("a file of a few days is accepted, and a file for another place is refused", async () => {
    await take(month);
    expect(await take(second)).toMatchObject({ state: "done" });
    const elsewhere = answer({ times: hoursOf("2024-02-05"), latitude: 40.4, longitude: -3.7 });
    expect(
      await take({ feed: "open-meteo-air-quality", name: "x.json", bytes: text(JSON.stringify(elsewhere)) }),
    ).toMatchObject({ state: "failed", reason: expect.stringContaining("another-place: found latitude 40.4") });
  });

  test("hours after the arrival are stored as forecasts and do not count as progress of the feed", async () => {
    const today = new Date().toISOString().slice(0, 10);
    await take(air("air-quality-now.json", days(addDays(today, -1), 4), 60));
    const kinds = await query(
      `SELECT variable, min(period) > '${today}T' AS late FROM observations
       WHERE variable IN ('ozone', 'ozone_forecast') GROUP BY variable`,
    );
    expect(kinds).toEqual([
      { variable: "ozone", late: 0 },
      { variable: "ozone_forecast", late: 1 },
    ]);
    const { lastPeriod, place } = await (await request("/feeds/open-meteo-air-quality")).json<Record<string, string>>();
    expect(lastPeriod && lastPeriod <= new Date().toISOString().slice(0, 13)).toBe(true);
    expect(place).toMatchObject({ name: "Vigo", timezone: "GMT" });
  });
});

describe("gold", () => {
  const header = "Date,USD,EUR,JPY";
  const lines = ['12/30/2015,226.8,137.3,"43,164.9"', "1/4/2016,218.6,134.0,#N/A", '1/5/2016,223.2,136.8,"43,674.9"'];
  const gold = (name: string, ...rows: readonly string[]): File => ({
    feed: "gold-csv",
    name,
    bytes: text([header, ...rows].join("\n")),
  });
  const [one = "", two = "", three = ""] = lines;
  const corrected = "1/4/2016,218.6,134.5,#N/A";
  const files = [gold("a.csv", one, two), gold("b.csv", one, corrected, three)];

  test("a longer file adds, a corrected value revises, in any order of processing", async () => {
    const ends = [];
    for (const order of [
      [0, 1],
      [1, 0],
      [1, 0, 1],
      [0, 1, 0],
    ]) {
      for (const index of order) {
        const outcome = await takeArrived(files[index] ?? gold(""), `2026-11-2${index}T08:00:00Z`);
        expect(outcome).toMatchObject({ state: "done", reason: null });
      }
      expect(await query("SELECT period, variable, value FROM revisions")).toEqual([
        { period: "2016-01-04", variable: "EUR", value: 134 },
      ]);
      ends.push(await state());
      await newWorld();
    }
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test("is in the lake by year, and the API filters by variable", async () => {
    for (const file of files) await take(file);
    expect(await factsIn("gold-csv", "year=2015")).toBe(3);
    expect(await factsIn("gold-csv", "year=2016")).toBe(5);
    expect(await observations("gold-csv/observations?variable=EUR")).toEqual([
      "period,variable,value",
      "2015-12-30,EUR,137.3",
      "2016-01-04,EUR,134.5",
      "2016-01-05,EUR,136.8",
    ]);
    const refused = await request("/feeds/gold-csv/observations?variable=EURO");
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      found: "EURO",
      didYouMean: "EUR",
      expected: "a variable of the feed",
    });
    const series = await (await request("/feeds/gold-csv")).json<{ series: unknown[] }>();
    expect(series.series).toEqual([{ id: expect.any(Number) }]);
  });

  test("a file with more than a tenth of unreadable prices is held", async () => {
    expect(await take(gold("c.csv", one, two, "1/5/2016,x,y,z"))).toMatchObject({
      state: "held",
      reason: expect.stringContaining("37.5 % of the values were rejected"),
    });
  });

  test("ten years of nineteen currencies, which need several transactions, are ingested completely", async () => {
    const codes = Object.keys(findFeed("gold-csv")?.variables ?? {});
    const rows: string[] = [];
    for (let day = "1979-01-01"; rows.length < 2_500; day = addDays(day, 1)) {
      const [year, month, date] = day.split("-").map(Number);
      if ([0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) continue;
      rows.push(
        [`${month}/${date}/${year}`, ...codes.map((_, index) => `"1,${100 + index}.${rows.length % 10}"`)].join(","),
      );
    }
    const file = { feed: "gold-csv", name: "d.csv", bytes: text([`Date,${codes.join(",")}`, ...rows].join("\n")) };
    expect(await take(file)).toMatchObject({
      state: "done",
      stats: { observations: 47_500, observationsWritten: 47_500 },
    });
    expect(await query("SELECT count(*) AS facts FROM observations")).toEqual([{ facts: 47_500 }]);
  });
});
