import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { isoWeekday } from "../../shared/lib/calendar.ts";
import { GOLD_CURRENCIES, goldMarket } from "../../trainer/simulate/gold-market.ts";
import { goldPublication } from "../../trainer/simulate/gold-publication.ts";

const settings = { seed: 1, firstDay: "2024-11-20" };
const publication = (seed: string | number = 1, firstDay = "2024-11-20") => {
  const mounted = goldPublication({ seed, firstDay });
  return (today: string) => mounted.respond(new URL("http://p/Daily.csv"), today)?.bytes ?? new Uint8Array();
};
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const parse = (bytes: Uint8Array, arrivedAt = "2026-11-20T23:30:00Z") =>
  goldCsv.parse(bytes, { name: "Daily.csv", arrivedAt });

test("the same seed gives the same bytes after any earlier requests, and another seed gives others", () => {
  const one = publication();
  const fresh = one("2026-11-20");
  const other = publication();
  other("2026-11-27");
  other("2026-11-13");
  expect(text(other("2026-11-20"))).toBe(text(fresh));
  expect(text(publication(2)("2026-11-20"))).not.toBe(text(fresh));
});

test("the feed parses every weekday of the file without a problem", async () => {
  const { observations, problems, skipped } = await parse(publication()("2026-11-20"));
  const days = goldMarket(settings).days("2026-11-20");
  expect(problems).toEqual([]);
  expect(days.every((day) => isoWeekday(day) <= 5)).toBe(true);
  const euros = observations.filter(({ variable }) => variable === "EUR");
  expect(euros.map(({ period }) => period)).toEqual(days);
  expect(skipped["not-available"]).toBe(days.length * GOLD_CURRENCIES.length - observations.length);
  expect(skipped["not-available"]).toBeGreaterThan(0);
});

test("a later first day gives the same prices for the remaining days", () => {
  const rows = text(publication(1, "2026-01-01")("2026-11-20")).split("\n").slice(1);
  const longer = text(publication()("2026-11-20")).split("\n");
  expect(longer.slice(-rows.length)).toEqual(rows);
});

test("the file grows by one line per weekday, and some recent lines are corrected", () => {
  const at = publication();
  const days = goldMarket(settings).days("2026-11-20").slice(-120);
  let corrected = 0;
  let before: string[] | undefined;
  for (const day of days) {
    const earlier = before;
    const now = text(at(day)).split("\n");
    before = now;
    if (!earlier) continue;
    expect(now.length).toBe(earlier.length + 1);
    const changed = earlier.flatMap((line, row) => (now[row] === line ? [] : [earlier.length - row]));
    corrected += changed.length;
    for (const age of changed) expect(age).toBeLessThanOrEqual(4);
  }
  expect(corrected).toBeGreaterThan(0);
  expect(corrected).toBeLessThan(20);
});

test("days without trade repeat the day before, and patchy currencies start with #N/A", () => {
  const market = goldMarket({ seed: 1, firstDay: "2018-01-01" });
  const on = (day: string) => market.prices(day, "2026-11-20");
  for (const [before, holiday] of [
    ["2025-12-24", "2025-12-25"],
    ["2026-04-02", "2026-04-03"],
    ["2025-12-31", "2026-01-01"],
  ]) {
    expect(on(holiday ?? "")).toEqual(on(before ?? ""));
  }
  const missing = GOLD_CURRENCIES.filter((_, index) => on("2018-01-02")[index] === null);
  expect(missing).toEqual(["TRY", "VND", "EGP", "RUB"]);
});

test("the euro price is a random walk: its changes have the real size and are not autocorrelated", () => {
  const market = goldMarket({ seed: 1, firstDay: "2018-01-01" });
  const euro = GOLD_CURRENCIES.indexOf("EUR");
  const prices = market.days("2026-11-20").map((day) => market.prices(day, "2026-11-20")[euro] ?? Number.NaN);
  const changes = prices.slice(1).map((price, index) => Math.log(price / (prices[index] ?? price)));
  const variance = changes.reduce((sum, change) => sum + change ** 2, 0) / changes.length;
  const lagged =
    changes.slice(1).reduce((sum, change, index) => sum + change * (changes[index] ?? 0), 0) / changes.length;
  expect(Math.sqrt(variance)).toBeGreaterThan(0.007);
  expect(Math.sqrt(variance)).toBeLessThan(0.011);
  expect(Math.abs(lagged / variance)).toBeLessThan(0.06);
});
