/** Tests which periods of a forecast with several sources are complete, and which sources are silent. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Source } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addPeriods } from "../../shared/period.ts";
import {
  describeSilent,
  newestComplete,
  type PeriodNeeds,
  periodStates,
  publishedPeriods,
  silentSources,
  sourcesState,
} from "../../shared/sources/complete-periods.ts";

const price: Source = { feed: "prices", variables: ["price"], lag: 1 };
const rain: Source = { feed: "weather", variables: ["rain"], lag: 1 };
const bank: Source = { feed: "bank", variables: ["rate"], lag: 2 };
const forecast: PeriodNeeds = {
  id: "small",
  variable: "price",
  sources: [price, rain, bank],
  schedule: { every: "month", periods: "calendar" },
};

/** Returns facts of a variable from 2025-01 to a month; none for null. */
function factsUntil(variable: string, last: string | null): Fact[] {
  const periods: string[] = [];
  for (let period = "2025-01"; last !== null && period <= last; period = addPeriods(period, 1)) periods.push(period);
  return periods.map((period) => ({ period, series: "[]", variable, value: 1 }));
}

function published(until: { readonly prices: string; readonly weather: string | null; readonly bank: string | null }) {
  return publishedPeriods(
    forecast,
    new Map([
      ["prices", factsUntil("price", until.prices)],
      ["weather", factsUntil("rain", until.weather)],
      ["bank", factsUntil("rate", until.bank)],
    ]),
  );
}

const newest = (until: Parameters<typeof published>[0], day: string) =>
  periodStates(forecast, published(until), day).at(-1);

describe("a period is complete", () => {
  test("when every source has the value that is read at this origin, by its own lag", () => {
    const state = newest({ prices: "2026-05", weather: "2026-05", bank: "2026-04" }, "2026-06-05");
    expect(state).toEqual({ period: "2026-05", isComplete: true, missing: [] });
  });

  test("not while a value is expected", () => {
    const state = newest({ prices: "2026-05", weather: "2026-04", bank: "2026-04" }, "2026-06-05");
    const missing = [{ feed: "weather", period: "2026-05", until: "2026-07-08", state: "expected" }];
    expect(state).toEqual({ period: "2026-05", isComplete: false, missing });
  });

  test("a quarter of a period after the missing value was due", () => {
    const until = { prices: "2026-05", weather: "2026-04", bank: "2026-04" } as const;
    expect(newest(until, "2026-07-08")?.isComplete).toBe(false);
    expect(newest(until, "2026-07-09")).toMatchObject({ isComplete: true, missing: [{ state: "late" }] });
  });

  test("without waiting for a source that was silent before, but not for one without any value yet", () => {
    const until = { prices: "2026-05", weather: "2025-11", bank: null } as const;
    expect(newest(until, "2026-06-05")).toMatchObject({
      isComplete: false,
      missing: [
        { feed: "weather", state: "silent" },
        { feed: "bank", period: "2026-04", state: "expected" },
      ],
    });
    expect(newest({ ...until, bank: "2026-04" }, "2026-06-05")?.isComplete).toBe(true);
  });

  test("once: later values never make it incomplete, and neither does time", () => {
    const month = fc.integer({ min: 0, max: 17 }).map((count) => addPeriods("2025-01", count));
    const later = fc.integer({ min: 0, max: 6 });
    fc.assert(
      fc.property(month, month, month, later, fc.integer({ min: 0, max: 200 }), (prices, weather, rate, more, days) => {
        const day = "2026-06-05";
        const before = periodStates(forecast, published({ prices, weather, bank: rate }), day);
        const after = periodStates(
          forecast,
          published({ prices, weather: addPeriods(weather, more), bank: rate }),
          more === 0 ? addPeriods(day, days) : day,
        );
        before.forEach(({ isComplete, missing }, at) => {
          // A source that was silent and publishes again is expected again.
          if (isComplete && missing.every(({ state }) => state !== "silent")) expect(after[at]?.isComplete).toBe(true);
        });
      }),
    );
  });

  test("the newest of them is found although newer ones wait", () => {
    const states = periodStates(
      forecast,
      published({ prices: "2026-05", weather: "2026-04", bank: "2026-04" }),
      "2026-06-05",
    );
    expect(newestComplete(states)).toBe("2026-04");
    expect(newestComplete([])).toBeNull();
  });
});

test("a source that is published before the target is read at the predicted period", () => {
  const early: PeriodNeeds = { ...forecast, sources: [price, { ...rain, lag: 0 }] };
  const states = periodStates(
    early,
    new Map([
      [price, ["2026-04", "2026-05"]],
      [early.sources[1] ?? rain, ["2026-05"]],
    ]),
    "2026-06-05",
  );
  expect(states.map(({ missing }) => missing.map(({ period }) => period))).toEqual([[], ["2026-06"]]);
});

test("only published periods have a state, and a gap in a source is no missing value", () => {
  const states = periodStates(
    forecast,
    new Map([
      [price, ["2026-03", "2026-05"]],
      [rain, ["2026-01", "2026-05"]],
      [bank, ["2026-04"]],
    ]),
    "2026-06-05",
  );
  expect(states.map(({ period, missing }) => [period, missing])).toEqual([
    ["2026-03", []],
    ["2026-05", []],
  ]);
});

test("silent sources are those whose next value is overdue, with the first day, and those without values", () => {
  const { prices, weather } = { prices: "2026-05", weather: "2025-11" };
  const found = silentSources(forecast, published({ prices, weather, bank: null }), "2026-06-05");
  expect(found).toEqual([
    // Due at the end of 2026-01, and two usual gaps of 31 days later.
    { feed: "weather", last: "2025-11", since: "2026-04-04" },
    { feed: "bank", last: null, since: null },
  ]);
  expect(silentSources(forecast, published({ prices, weather: prices, bank: prices }), "2026-06-05")).toEqual([]);
});

test("the state of all sources comes from their facts", () => {
  const byFeed = new Map([
    ["prices", factsUntil("price", "2026-05")],
    ["weather", factsUntil("rain", "2025-11")],
    ["bank", factsUntil("rate", null)],
  ]);
  const { periods, complete, silent } = sourcesState(forecast, byFeed, "2026-06-05");
  expect(periods.at(-1)).toMatchObject({ period: "2026-05", isComplete: false });
  // The bank's value of 2026-03 is expected until 2026-06-08.
  expect(complete).toBe("2026-03");
  expect(silent.map(describeSilent)).toEqual([
    "Source weather ends with 2025-11, and a newer value was due before 2026-04-04. Its newest features are missing.",
    "Source bank has no value. Its features are missing.",
  ]);
});
