/** Tests a quarterly and a weekly forecast that are not in the catalogue, from the bytes of publications to an answer. */
import { beforeAll, describe, expect, test } from "vitest";
import { datasetOf } from "../../shared/features/dataset.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import { type Forecast, toleranceOf } from "../../shared/forecasts/forecast.ts";
import { addPeriods } from "../../shared/period.ts";
import { readPath } from "../../shared/predict/path-request.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { feedEndsOf, silentSources } from "../../shared/sources/silent-sources.ts";
import { tableOf } from "../features/support.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { smallForecast } from "../training/support.ts";
import { answerOf, factsOf, listFeed, pathOf, servedToy } from "./toys.ts";

/** Returns the value of a period for each period from the first to the last one. */
function valuesOf(first: string, last: string, by: number, value: (at: number) => number): [string, number][] {
  const values: [string, number][] = [];
  for (let period = first; period <= last; period = addPeriods(period, by))
    values.push([period, Math.round(value(values.length) * 100) / 100]);
  return values;
}

const rowsOf = (forecast: Forecast, facts: FactsByFeed) =>
  tableOf(datasetOf(forecastPanel(forecast, facts), { features: forecast.features, tolerance: toleranceOf(forecast) }));

describe("quarters, with months that are published before them", () => {
  const output = listFeed("toy-output", "output", "quarter");
  const orders = listFeed("toy-orders", "orders", "month");
  const quarterly: Forecast = {
    ...smallForecast,
    id: "quarterly",
    sources: [
      { feed: output.id, variables: ["output"], lag: 1 },
      { feed: orders.id, variables: ["orders"], lag: 0, reduce: { partsMin: 3, statistics: ["sum"] } },
    ],
    variable: "output",
    dimensions: [],
    schedule: { every: "quarter", periods: "calendar" },
    steps: [1, 2, 3, 4],
    headline: [1, 4],
    target: { transform: "log-difference", decimals: 2 },
    features: [
      { name: "last", kind: "lag", periods: 1 },
      { name: "year_ago", kind: "seasonal-lag", periods: 4 },
      { name: "growth", kind: "seasonal-growth", periods: 4, seasons: 3 },
      { name: "quarter", kind: "calendar", part: "quarter" },
      { name: "is_fourth", kind: "calendar-is", part: "quarter", value: 4 },
      { name: "trend", kind: "calendar", part: "trend" },
      { name: "orders", kind: "seasonal-lag", periods: 1, variable: "orders_sum" },
    ],
    seasonal: "year_ago",
    distribution: { kind: "location-scale", positive: true },
    dateFields: { year: "year", quarter: "quarter_number" },
    hypothesisNeeds: ["last"],
  };
  let facts: FactsByFeed;
  let snapshot: Snapshot;

  beforeAll(async () => {
    const random = seededRandom(6);
    const season = [1, 0.8, 0.9, 1.3];
    let level = 100;
    const outputs = valuesOf("2008-Q1", "2026-Q2", 1, (at) => {
      level *= 1.01 + 0.005 * seededNormal(random);
      return level * (season[at % 4] ?? 1);
    });
    facts = new Map([
      [output.id, await factsOf(output, outputs)],
      [
        orders.id,
        await factsOf(
          orders,
          valuesOf("2008-01", "2026-11", 1, (at) => 50 + (at % 12)),
        ),
      ],
    ]);
    snapshot = await servedToy(quarterly, facts);
  });

  test("the declaration is valid, and a part that a quarter does not have is rejected", () => {
    expect(mistakesIn(quarterly, [output, orders])).toEqual([]);
    expect(mistakesIn({ ...quarterly, dateFields: { month: "month" } }, [output, orders])).toHaveLength(1);
  });

  test("the months of the predicted quarter are known, and their sum is the feature", () => {
    const rows = rowsOf(quarterly, facts);
    // January 2008 has 50 orders, and every year has the same.
    expect(rows.find(({ period }) => period === "2020-Q3")?.inputs).toMatchObject({ orders: 56 + 57 + 58, quarter: 3 });
    const answered = answerOf(snapshot, {});
    expect(answered).toMatchObject({
      target_period: "2026-Q3",
      data_as_of: "2026-Q2",
      last: { period: "2026-Q2" },
      features: { orders: 56 + 57 + 58, quarter: 3, is_fourth: 0 },
    });
    expect(answerOf(snapshot, { target_period: "2026-Q3" })).toEqual(answered);
    expect(answerOf(snapshot, { year: "2026", quarter_number: "3" })).toEqual(answered);
  });

  test("another form of the period is rejected with the expected one", () => {
    for (const wrong of ["2026-09", "2026-Q5", "Q3 2026"])
      expect(answerOf(snapshot, { target_period: wrong })).toMatchObject({
        detail: "target_period is not a quarter.",
        expected: "YYYY-Qn, as in 2026-Q3",
      });
  });

  test("further quarters are predicted by the growth of the season, up to a quarter, a month or a day", () => {
    const path = pathOf(snapshot, { steps: "4", until: null });
    expect(path.map(({ target_period }) => target_period)).toEqual(["2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2"]);
    expect(path.slice(1).map(({ served_by }) => served_by)).toEqual(Array(3).fill("seasonal-growth"));
    // The fourth quarter is the highest, the next first one is lower again.
    const values = path.map(({ price }) => Number(price));
    expect(values[1]).toBeGreaterThan(1.2 * (values[0] ?? 0));
    expect(values[2]).toBeLessThan(0.9 * (values[1] ?? 0));
    for (const until of ["2027-Q1", "2027-03", "2027-02-10"])
      expect(pathOf(snapshot, { steps: null, until })).toHaveLength(3);
    expect(readPath(snapshot, { steps: null, until: "next year" })).toMatchObject({
      error: {
        detail: "until is not a quarter or day.",
        expected: "a quarter or day from 2026-Q3; the last step is 2027-Q2",
      },
    });
  });

  test("a quarter is overdue two quarters after the one in which its output was due", () => {
    const ends = feedEndsOf(quarterly, facts);
    // The output of 2026-Q3 is published by the end of 2026-Q4.
    expect(silentSources(quarterly, ends, "2027-07-01")).toEqual([]);
    expect(silentSources(quarterly, ends, "2027-07-04")).toEqual([
      { feed: output.id, last: "2026-Q2", since: "2027-07-02" },
      { feed: orders.id, last: "2026-Q3", since: "2027-07-04" },
    ]);
  });
});

describe("weeks, as days of one weekday", () => {
  const visits = listFeed("toy-visits", "visits", "day");
  const weekly: Forecast = {
    ...smallForecast,
    id: "weekly",
    sources: [{ feed: visits.id, variables: ["visits"], lag: 1 }],
    variable: "visits",
    dimensions: [],
    schedule: { every: "day", weekdays: [5], periods: "calendar" },
    steps: [1, 2, 3],
    headline: [1, 3],
    target: { transform: "log-difference", decimals: 2 },
    features: [
      { name: "last", kind: "lag", periods: 1 },
      { name: "cycle_ago", kind: "seasonal-lag", periods: 4 },
      { name: "growth", kind: "seasonal-growth", periods: 4, seasons: 5 },
      { name: "weekday", kind: "calendar", part: "weekday" },
      { name: "days_ahead", kind: "calendar", part: "days-ahead" },
      { name: "month", kind: "calendar", part: "month" },
    ],
    seasonal: "cycle_ago",
    distribution: { kind: "location-scale", positive: true },
    dateFields: { year: "year", month: "month_number", day: "day" },
    hypothesisNeeds: ["last"],
  };
  const missing = "2026-10-30";
  let facts: FactsByFeed;
  let snapshot: Snapshot;

  beforeAll(async () => {
    const random = seededRandom(7);
    const cycle = [1, 1.2, 1.5, 0.9];
    const rows = valuesOf("2024-01-05", "2026-11-13", 7, (at) => 200 * (cycle[at % 4] ?? 1) + seededNormal(random));
    facts = new Map([
      [
        visits.id,
        await factsOf(
          visits,
          rows.filter(([day]) => day !== missing),
        ),
      ],
    ]);
    snapshot = await servedToy(weekly, facts);
  });

  test("the declaration is valid, and the next period is the next Friday", () => {
    expect(mistakesIn(weekly, [visits])).toEqual([]);
    expect(answerOf(snapshot, {})).toMatchObject({
      target_period: "2026-11-20",
      last: { period: "2026-11-13" },
      features: { weekday: 4, days_ahead: 7, month: 11 },
    });
    const path = pathOf(snapshot, { steps: "3", until: null });
    expect(path.map(({ target_period }) => target_period)).toEqual(["2026-11-20", "2026-11-27", "2026-12-04"]);
  });

  test("the growth of a cycle counts weeks, and a week without a value is a missing value", () => {
    const rows = rowsOf(weekly, facts);
    expect(rows.map(({ period }) => period)).not.toContain(missing);
    expect(rows.find(({ period }) => period === "2026-11-27")).toBeUndefined();
    const cycleLater = rows.find(({ period }) => period === "2026-11-06");
    expect(cycleLater?.inputs.cycle_ago).toBeGreaterThan(0);
    // 2024-01-26 is the fourth week of a cycle, and the next one the first: 1 ÷ 0.9.
    const first = rows.find(({ period }) => period === "2025-12-05");
    expect(first?.inputs.growth).toBeCloseTo(Math.log(1 / 0.9), 1);
  });

  test("a lag of one period is a week: the data is overdue two usual gaps after its week", () => {
    // The next Friday is 2026-11-20, published by 2026-11-27.
    expect(snapshot.end).toEqual({ last: "2026-11-13", due: "2026-12-11" });
  });

  test("the growth of a season is refused for weekdays at unequal distances", () => {
    const workdays: Forecast = { ...weekly, schedule: { ...weekly.schedule, weekdays: [1, 3, 5] } };
    expect(mistakesIn(workdays, [visits])).toEqual([
      "Feature growth is a growth of seasons, but the periods of the schedule have unequal distances; expected every period of the calendar, or one weekday.",
    ]);
  });
});
