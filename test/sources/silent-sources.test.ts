/** Tests which sources of a forecast are silent, from facts and from the newest periods of feeds. */
import { expect, test } from "vitest";
import type { Source } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { describeSilent, feedEndsOf, silentSources } from "../../shared/sources/silent-sources.ts";

const price: Source = { feed: "prices", variables: ["price"], lag: 1 };
const rain: Source = { feed: "weather", variables: ["rain"], lag: 1 };
const bank: Source = { feed: "bank", variables: ["rate"], lag: 2 };
const monthly = { sources: [price, rain, bank], schedule: { every: "month", periods: "calendar" } } as const;
const fact = (period: string, variable: string): Fact => ({ period, series: "[]", variable, value: 1 });

test("silent are sources whose next value is overdue, with the first day, and those without values", () => {
  const byFeed = new Map([
    ["prices", [fact("2026-05", "price"), fact("2026-04", "price")]],
    // Another variable of the feed is newer, but the forecast does not read it.
    ["weather", [fact("2025-11", "rain"), fact("2026-05", "wind")]],
  ]);
  const silent = silentSources(monthly, feedEndsOf(monthly, byFeed), "2026-06-05");
  expect(silent).toEqual([
    // Due at the end of 2026-01, and two usual gaps of 31 days later.
    { feed: "weather", last: "2025-11", since: "2026-04-02" },
    { feed: "bank", last: null, since: null },
  ]);
  expect(silent.map(describeSilent)).toEqual([
    "Source weather ends with 2025-11, and a newer value was due before 2026-04-02. Its newest features are missing.",
    "Source bank has no value. Its features are missing.",
  ]);
});

test("a source is not silent on the last day on which its value is due, and a longer lag gives it more time", () => {
  const ends = new Map([
    ["prices", "2026-05"],
    ["weather", "2026-01"],
    ["bank", "2026-01"],
  ]);
  const feedsOn = (day: string) => silentSources(monthly, ends, day).map(({ feed }) => feed);
  // The next value is of 2026-02, published in 2026-03, and two gaps of 31 days late.
  expect(feedsOn("2026-06-01")).toEqual([]);
  expect(feedsOn("2026-06-02")).toEqual(["weather"]);
  expect(feedsOn("2026-07-02")).toEqual(["weather", "bank"]);
});

test("a month of days counts once its last day is observed", () => {
  const daily: Source = { ...rain, lag: 0, reduce: { partsMin: 1, statistics: ["mean"] } };
  const forecast = { sources: [daily], schedule: monthly.schedule };
  const endOf = (newest: string) => silentSources(forecast, new Map([["weather", newest]]), "2027-01-01")[0]?.last;
  expect([endOf("2026-05-30"), endOf("2026-05-31")]).toEqual(["2026-04", "2026-05"]);
});
