import { afterEach, describe, expect, test } from "vitest";
import { openMeteoAirQuality } from "../../shared/feeds/open-meteo-air-quality.ts";
import { vigo } from "../../shared/feeds/places.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import { airOf } from "../../trainer/simulate/air.ts";
import { type Publisher, startPublisher } from "../../trainer/simulate/publisher.ts";

const today = "2026-11-20";
const open: Publisher[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((publisher) => publisher.close()));
});

async function publisher(seed: string | number = 1, on = today): Promise<Publisher> {
  const started = await startPublisher({ port: 0, seed, today: on });
  open.push(started);
  return started;
}

const feed = openMeteoAirQuality("air", vigo);
const query = (more: Record<string, string> = {}) =>
  `/v1/air-quality?${new URLSearchParams({
    latitude: "42.2328",
    longitude: "-8.7226",
    hourly: "ozone,european_aqi",
    start_date: "2026-11-10",
    end_date: "2026-11-21",
    ...more,
  })}`;

test("the feed can parse the answers to its own requests", async () => {
  const { url } = await publisher();
  for (const { path, name } of feed.source.requests(null, today)) {
    const response = await fetch(url + path);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes.length).toBeLessThan(feed.limits.bytesMax / 4);
    const { observations, problems } = await feed.parse(bytes, { name, arrivedAt: `${today}T23:30:00Z` });
    const hours = new Set(observations.map(({ period }) => period)).size;
    expect(observations.length + problems.length).toBe(6 * hours);
    expect(problems.every(({ reason }) => reason === "no-value")).toBe(true);
    expect(problems.length).toBeLessThan(observations.length / 200);
  }
});

test("the same seed gives the same bytes, and another seed or place gives others", async () => {
  const ask = async (seed: number, more: Record<string, string> = {}) =>
    (await fetch((await publisher(seed)).url + query(more))).text();
  const one = await ask(1);
  expect(await ask(1)).toBe(one);
  expect(await ask(2)).not.toBe(one);
  const elsewhere = JSON.parse(await ask(1, { latitude: "40.41", longitude: "-3.7" }));
  expect([elsewhere.latitude, elsewhere.longitude]).toEqual([40.4, -3.7]);
  expect(elsewhere.hourly.ozone).not.toEqual(JSON.parse(one).hourly.ozone);
});

test("predicted values differ from measured ones, and some measured values are corrected within days", async () => {
  const running = await publisher();
  const ozone = async (): Promise<number[]> =>
    JSON.parse(await (await fetch(running.url + query({ end_date: today }))).text()).hourly.ozone;
  running.setToday("2026-11-16");
  const then = await ozone();
  running.setToday("2026-11-25");
  const now = await ozone();
  const changed = then.flatMap((value, hour) => (value === now[hour] ? [] : [hour]));
  const firstHourOf = (day: number) => (day - 10) * 24;
  const corrected = changed.filter((hour) => hour < firstHourOf(17) - 1);
  expect(corrected.length).toBeGreaterThan(0);
  expect(corrected.length).toBeLessThan(24);
  expect(Math.min(...corrected)).toBeGreaterThan(firstHourOf(14));
  expect(changed.filter((hour) => hour >= firstHourOf(17)).length).toBeGreaterThan(60);
});

describe("an invalid request gets an error in the API's format", () => {
  test.each([
    [{ start_date: "2026-11-31" }, "Invalid date format. Make sure to use 'YYYY-MM-DD'"],
    [{ start_date: "2026-11-21", end_date: "2026-11-20" }, "End-date must be larger or equals than start-date"],
    [{ end_date: "2026-12-21" }, "Parameter 'end_date' is out of allowed range from 2024-11-20 to 2026-11-26"],
    [{ start_date: "2001-01-01" }, "Parameter 'start_date' is out of allowed range from 2024-11-20 to 2026-11-26"],
    [
      { hourly: "ozone,happiness" },
      "Cannot initialize CamsVariable from invalid String value happiness for key hourly",
    ],
    [{ latitude: "100" }, "Latitude must be in range of -90 to 90°. Given: 100."],
    [{ longitude: "x" }, "Parameter 'latitude' and 'longitude' must be given as numbers."],
    [{ timezone: "Mars/Olympus" }, "Invalid timezone"],
    [{ hours: "1" }, "Unknown parameter 'hours'."],
  ])("%j", async (more, reason) => {
    const { url } = await publisher();
    const response = await fetch(url + query(more as Record<string, string>));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: true, reason });
  });
});

test("three days of four are above 30, and days have a small autocorrelation", () => {
  const now = Date.parse("2026-11-20T23:00:00Z");
  const hourMs = 3_600_000;
  for (const seed of ["almanac", 1, 2]) {
    const air = airOf(seed, "42.2/-8.7");
    const sick: boolean[] = [];
    for (let day = "2023-11-20"; day < today; day = addDays(day, 1)) {
      const start = Date.parse(`${day}T00:00:00Z`);
      const hours = Array.from({ length: 24 }, (_, hour) => air.value("european_aqi", start + hour * hourMs, now) ?? 0);
      sick.push(Math.max(...hours) > 30);
    }
    const share = (all: readonly boolean[]) => all.filter(Boolean).length / all.length;
    const after = (state: boolean) => sick.slice(1).filter((_, index) => sick[index] === state);
    expect(share(sick)).toBeGreaterThan(0.65);
    expect(share(sick)).toBeLessThan(0.8);
    expect(share(after(true)) - share(after(false))).toBeGreaterThan(0.2);
    expect(share(after(true)) - share(after(false))).toBeLessThan(0.6);
  }
});
