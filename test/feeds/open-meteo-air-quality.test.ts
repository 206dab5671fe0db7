/** Air quality: real months are read completely, other places and zones are rejected, and no number is made up. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Feed, Parsed } from "../../shared/feeds/feed.ts";
import { openMeteoAirQuality } from "../../shared/feeds/open-meteo-air-quality.ts";
import { vigo } from "../../shared/feeds/places.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { type Answer, answer, hoursOf } from "../support/air-quality.ts";
import { goldenArrival } from "../support/golden.ts";

const feed = openMeteoAirQuality("air", vigo);
const read = (content: unknown, on: Feed = feed, arrivedAt = goldenArrival): Promise<Parsed> =>
  on.parse(new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content)), {
    name: "air-quality.json",
    arrivedAt,
  });

const real = "../shared/data/sickness";
const isHere = existsSync(real);
if (!isHere) console.log(`skipped: real air quality is read from ${real}, which is not there`);

test.skipIf(!isHere)("real months are read completely: six variables per hour, and nothing else", async () => {
  for (const name of readdirSync(real)) {
    const bytes = readFileSync(`${real}/${name}`);
    const { hourly } = JSON.parse(bytes.toString());
    const { observations, problems, skipped } = await feed.parse(bytes, { name, arrivedAt: goldenArrival });
    expect([observations.length, problems, skipped]).toEqual([6 * hourly.time.length, [], {}]);
    for (const variable of ["ozone", "european_aqi"]) {
      const values = observations.filter((one) => one.variable === variable).map(({ value }) => value);
      expect(values).toEqual(hourly[variable]);
    }
  }
});

test("an hour is an observation once it has ended, and a forecast before", async () => {
  const body = answer({ times: hoursOf("2026-11-20") });
  const kinds = async (arrivedAt: string) => {
    const { observations } = await read(body, feed, arrivedAt);
    const of = (variable: string) =>
      observations.filter((one) => one.variable === variable).map(({ period }) => period);
    return [of("ozone").length, of("ozone").at(-1), of("ozone_forecast")[0]];
  };
  expect(await kinds("2026-11-20T12:59:59.999Z")).toEqual([12, "2026-11-20T11", "2026-11-20T12"]);
  expect(await kinds("2026-11-20T13:00:00.000Z")).toEqual([13, "2026-11-20T12", "2026-11-20T13"]);
  expect(feed.variables["ozone_forecast"]?.isForecast).toBe(true);
  expect(feed.variables["ozone"]?.isForecast).toBeUndefined();
});

describe("requests", () => {
  const requestsFor = (cursor: string | null, today = "2026-11-20") =>
    feed.source.requests(cursor, today).map(({ period, name }) => [period, name.slice("air-quality-".length, -5)]);

  test("the first fetch requests a year and a half in pieces of half a year, oldest first, without a gap", () => {
    expect(requestsFor(null)).toEqual([
      ["2025-11-19", "2025-05-21_2025-11-19"],
      ["2026-05-21", "2025-11-20_2026-05-21"],
      ["2026-11-20", "2026-05-22_2026-11-21"],
    ]);
  });

  test("later fetches request the new days, some days before the cursor again, and tomorrow", () => {
    expect(requestsFor("2026-11-19")).toEqual([["2026-11-20", "2026-11-14_2026-11-21"]]);
    expect(requestsFor("2026-11-20")).toEqual([["2026-11-20", "2026-11-15_2026-11-21"]]);
  });

  test("a fetch covers every day up to tomorrow exactly once, for any cursor", () => {
    fc.assert(
      fc.property(fc.nat(2_000), (days) => {
        const cursor = addDays("2026-11-20", -days);
        let next = addDays(cursor, -5);
        const pieces = feed.source.requests(cursor, "2026-11-20");
        for (const { path, period } of pieces) {
          const query = new URL(path, "http://api").searchParams;
          expect(query.get("start_date")).toBe(next);
          next = addDays(query.get("end_date") ?? "", 1);
          expect(period <= "2026-11-20" && period < next).toBe(true);
        }
        expect([next, pieces.at(-1)?.period]).toEqual(["2026-11-22", "2026-11-20"]);
      }),
    );
  });

  test("a request names the place, the zone and every variable", () => {
    const [request] = feed.source.requests("2026-11-20", "2026-11-20");
    expect(request?.path).toBe(
      "/v1/air-quality?latitude=42.2328&longitude=-8.7226&hourly=carbon_monoxide,nitrogen_dioxide,sulphur_dioxide,ozone,dust,european_aqi&start_date=2026-11-15&end_date=2026-11-21&timezone=GMT",
    );
    // The range of a request is not a day of publication.
    expect(feed.publishedOn(request?.name ?? "")).toBeNull();
  });
});

describe("a place with summer time", () => {
  const madrid = openMeteoAirQuality("madrid", {
    name: "Madrid",
    latitude: 40.4,
    longitude: -3.7,
    timezone: "Europe/Madrid",
  });
  const body = (times: readonly string[], offset: number, more: Partial<Answer> = {}) =>
    answer({ times, latitude: 40.4, longitude: -3.7, timezone: "Europe/Madrid", utc_offset_seconds: offset, ...more });
  const hours = async (times: readonly string[], offset: number) => {
    const { observations, problems, skipped } = await read(body(times, offset), madrid);
    expect(problems).toEqual([]);
    const ozone = observations.filter(({ variable }) => variable === "ozone");
    return { periods: ozone.map(({ period, value }) => `${period.slice(5)} ${value}`), skipped };
  };

  test("has the same hours for any offset of the answer", async () => {
    // 1 July is in summer time; an answer to a request in winter uses the offset of winter.
    const inSummer = await hours(["2026-07-01T00:00", "2026-07-01T01:00"], 7200);
    const inWinter = await hours(["2026-06-30T23:00", "2026-07-01T00:00"], 3600);
    expect(inSummer).toEqual({ periods: ["07-01T00 40", "07-01T01 41"], skipped: {} });
    expect(inWinter).toEqual(inSummer);
  });

  test("has 23 hours on the day when clocks go forward, and uses the first of a repeated hour", async () => {
    const spring = await hours(hoursOf("2026-03-29"), 3600);
    expect(spring.periods.slice(0, 4)).toEqual(["03-29T00 40", "03-29T01 41", "03-29T03 42", "03-29T04 43"]);
    expect(spring.periods.at(-1)).toBe("03-30T00 63");
    const autumn = await hours(hoursOf("2026-10-25"), 7200);
    expect(autumn.periods.slice(0, 4)).toEqual(["10-25T00 40", "10-25T01 41", "10-25T02 42", "10-25T03 44"]);
    expect(autumn.skipped).toEqual({ "repeated-local-hour": 6 });
  });

  test("rejects an answer for another zone", async () => {
    const of = async (content: unknown) => (await read(content, madrid)).problems.map(({ reason }) => reason);
    expect(await of(answer({ times: [] }))).toEqual(["another-place"]);
    expect(await of(body([], 0, { timezone: "GMT" }))).toEqual(["another-zone"]);
    expect(await of(body([], 99_999))).toEqual(["another-zone"]);
  });
});

test("the nearest grid point is accepted, the next town is rejected", async () => {
  const isRead = async (latitude: number, longitude: number) =>
    (await read(answer({ times: hoursOf("2026-11-19"), latitude, longitude }))).observations.length > 0;
  expect(await isRead(42.2, -8.7)).toBe(true);
  expect(await isRead(42.3, -8.75)).toBe(true);
  expect(await isRead(42.43, -8.64)).toBe(false);
  expect(await isRead(42.2, 8.7)).toBe(false);
});

const anyValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, "61", [], {}, -1, 1e308, 5e-324, Number.MAX_SAFE_INTEGER),
  fc.double({ noNaN: true }),
  fc.jsonValue(),
);

test("overwritten lists and fields never give a number that is not in the answer", async () => {
  const times = hoursOf("2026-11-18").slice(0, 6);
  const change = fc.tuple(fc.constantFrom("time", "ozone", "dust", "european_aqi", "extra"), fc.nat(7), anyValue);
  const field = fc.tuple(fc.constantFrom("latitude", "timezone", "hourly_units", "hourly", "error"), anyValue);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), fc.option(field, { freq: 4 }), async (changes, spoilt) => {
      const body = answer({ times: [...times] });
      const hourly = body["hourly"] as Record<string, unknown[]>;
      for (const [list, at, value] of changes) hourly[list] = (hourly[list] ?? []).toSpliced(at, 1, value);
      if (spoilt) body[spoilt[0]] = spoilt[1];
      const text = JSON.stringify(body);
      const numbers = new Set(Array.from(text.matchAll(/-?\d[\d.]*(?:e[+-]?\d+)?/g), ([found]) => Number(found)));
      const { observations } = await read(text);
      for (const { value } of observations) expect(numbers).toContain(value);
      expect(new Set(observations.map(({ period, variable }) => `${period} ${variable}`)).size).toBe(
        observations.length,
      );
    }),
    { numRuns: 400 },
  );
});

test("an answer that is cut off anywhere, or random bytes, are rejected", async () => {
  const text = JSON.stringify(answer({ times: hoursOf("2026-11-19") }));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.nat(text.length - 1).map((at) => text.slice(0, at)),
        fc.string(),
      ),
      async (content) => {
        const { observations, problems } = await read(content);
        expect([observations, problems.length]).toEqual([[], 1]);
      },
    ),
    { numRuns: 200 },
  );
});

test("an answer above a limit is rejected, and the problem shows the number", async () => {
  const large = await feed.parse(new Uint8Array(feed.limits.bytesMax + 1), {
    name: "a.json",
    arrivedAt: goldenArrival,
  });
  expect(large.problems).toMatchObject([{ reason: "too-large" }]);
  const many = answer({ times: [] });
  many["hourly"] = { time: Array(100_000).fill("x"), a: [], b: [], c: [], d: [] };
  expect((await read(many)).problems).toMatchObject([{ reason: "too-many-cells" }]);
});
