/** Tests sources that are joined to the target's source: values at an origin, and periods that were not published. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildHistory, panelOfHistory } from "../../shared/api/history.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import { reachOf } from "../../shared/features/feature.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { panelPeriods, type Schedule } from "../../shared/forecasts/schedule.ts";
import type { Source } from "../../shared/forecasts/source.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { addPeriods, periodsBetween } from "../../shared/period.ts";
import { type FactsByFeed, forecastPanel } from "../../shared/sources/facts.ts";
import { tableOf } from "../features/support.ts";
import { smallForecast } from "../training/support.ts";

const price: Source = { feed: "prices", variables: ["price"], lag: 0 };
const rain: Source = { feed: "weather", variables: ["rain"], lag: 0 };
const monthly: Schedule = { every: "month", periods: "calendar" };

const forecast: Forecast = {
  ...smallForecast,
  sources: [price, rain],
  variable: "price",
  dimensions: [],
  schedule: monthly,
  features: [
    { name: "last", kind: "lag", periods: 1 },
    { name: "mean", kind: "rolling-mean", periods: 3 },
    { name: "rain", kind: "seasonal-lag", periods: 1, variable: "rain" },
    { name: "rain_change", kind: "difference", periods: 1, variable: "rain" },
    { name: "month", kind: "calendar", part: "month" },
  ],
};

const fact = (period: string, variable: string, value: number, series = "[]"): Fact => ({
  period,
  series,
  variable,
  value,
});

/** Makes monthly prices from 2024-01 on, and rain whose value is the number of its month. */
const months = (count: number) => Array.from({ length: count }, (_, at) => addPeriods("2024-01", at));
const factsOf = (count: number): FactsByFeed =>
  new Map([
    ["prices", months(count).map((month, at) => fact(month, "price", 100 + at * at))],
    ["weather", months(count + 4).map((month, at) => fact(month, "rain", at))],
  ]);

const rowsFor = (sources: readonly Source[], facts = factsOf(12)) => {
  const { features } = forecast;
  return tableOf(datasetOf(forecastPanel({ ...forecast, sources }, facts), { features, tolerance: 0.005 }));
};

describe("a source's lag", () => {
  test("increased by one shifts exactly the features that read the source, by one period", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), (lag) => {
        const before = rowsFor([price, { ...rain, lag }]);
        const after = rowsFor([price, { ...rain, lag: lag + 1 }]);
        expect(after.length).toBe(before.length);
        after.forEach((row, at) => {
          const { rain: earlier, ...others } = before[at]?.inputs ?? {};
          const { rain_change } = row.inputs;
          // The target of month n is predicted from the rain of month n - 1 - lag.
          const rain = Number(earlier) > 0 ? Number(earlier) - 1 : Number.NaN;
          expect(row).toEqual({ ...before[at], inputs: { ...others, rain, rain_change } });
        });
      }),
    );
  });

  test("is relative to the target's lag: a source that is published earlier is known for the predicted period", () => {
    const known = (lag: number, targetLag: number) => {
      const rows = rowsFor([
        { ...price, lag: targetLag },
        { ...rain, lag },
      ]).slice(1);
      return new Set(
        rows.map(({ period, inputs }) => periodsBetween(addPeriods("2024-01", Number(inputs.rain)), period)),
      );
    };
    // The target's month and the two months before it.
    expect([known(0, 1), known(1, 1), known(2, 1)]).toEqual([new Set([0]), new Set([1]), new Set([2])]);
  });

  test("gives the same values in the history as in training, also for the next period", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), (own, other) => {
        const lagged = {
          ...forecast,
          sources: [
            { ...price, lag: own },
            { ...rain, lag: other },
          ],
        };
        const options = { features: forecast.features, tolerance: 0.005 };
        const lastOfTraining = tableOf(datasetOf(forecastPanel(lagged, factsOf(13)), options)).at(-1);
        const panel = panelOfHistory(buildHistory(lagged, factsOf(12)));
        expect(panel.periods.length).toBe(reachOf(forecast.features));
        const next = { ...panel, periods: [...panel.periods, "2025-01"], series: panel.series.map(withTarget) };
        const served = tableOf(datasetOf(next, options)).at(-1);
        expect(served?.inputs).toEqual(lastOfTraining?.inputs);
        expect(lastOfTraining?.period).toBe("2025-01");
      }),
    );
  });
});

/** Returns the series with one more period. The other variables are missing there. */
function withTarget({ is, values, others = {} }: ReturnType<typeof forecastPanel>["series"][number]) {
  const longer = (column: Float64Array, value: number) => Float64Array.from([...column, value]);
  const named = Object.entries(others).map(([name, column]) => [name, longer(column, Number.NaN)]);
  return { is, values: longer(values, 1), others: Object.fromEntries(named) };
}

test("a source with fewer dimensions gives its values to every series with the same dimensions", () => {
  const regional: Source = { feed: "weather", variables: ["rain"], lag: 0, dimensions: ["region"] };
  const national: Source = { feed: "economy", variables: ["index"], lag: 0, dimensions: [] };
  const many: Forecast = {
    ...forecast,
    dimensions: ["product", "region"],
    sources: [price, regional, national],
    features: [...forecast.features, { name: "index", kind: "lag", periods: 1, variable: "index" }],
  };
  const key = (...is: readonly string[]) => JSON.stringify(is);
  const panel = forecastPanel(
    many,
    new Map([
      [
        "prices",
        [key("milk", "north"), key("milk", "south"), key("tea", "north")].map((is) => fact("2024-01", "price", 1, is)),
      ],
      ["weather", [fact("2024-01", "rain", 7, key("north"))]],
      ["economy", [fact("2024-01", "index", 9)]],
    ]),
  );
  expect(panel.series.map(({ is, others }) => [is.join(), others?.rain?.[0], others?.index?.[0]])).toEqual([
    ["milk,north", 7, 9],
    ["milk,south", Number.NaN, 9],
    ["tea,north", 7, 9],
  ]);
});

test("the target's source defines the periods and series", () => {
  const facts = new Map([
    ["prices", [fact("2024-02", "price", 1), fact("2024-03", "price", 2)]],
    ["weather", months(6).map((month) => fact(month, "rain", 5, '["elsewhere"]'))],
  ]);
  const sources = [price, { ...rain, dimensions: [] }];
  expect(forecastPanel({ ...forecast, sources }, facts)).toMatchObject({
    periods: ["2024-02", "2024-03"],
    series: [{ is: [], others: { rain: Float64Array.of(Number.NaN, Number.NaN) } }],
  });
});

describe("periods that were not published", () => {
  const values = (schedule: Schedule, periods: readonly string[]) => {
    const facts = new Map([["prices", periods.map((period, at) => fact(period, "price", at))]]);
    const features = forecast.features.filter((feature) => !("variable" in feature));
    const panel = forecastPanel({ ...forecast, sources: [price], features, schedule }, facts);
    return panel.periods.map((period, at) => [period, panel.series[0]?.values[at]]);
  };
  const weekdays: Schedule = { every: "day", weekdays: [1, 2, 3, 4, 5], periods: "calendar" };

  test("are periods without values in a calendar schedule", () => {
    expect(values(monthly, ["2024-11", "2025-02"])).toEqual([
      ["2024-11", 0],
      ["2024-12", Number.NaN],
      ["2025-01", Number.NaN],
      ["2025-02", 1],
    ]);
    expect(
      values({ every: "hour", periods: "calendar" }, ["2024-12-31T22", "2025-01-01T00"]).map(([hour]) => hour),
    ).toEqual(["2024-12-31T22", "2024-12-31T23", "2025-01-01T00"]);
    expect(values({ every: "quarter", periods: "calendar" }, ["2024-Q3", "2025-Q1"]).length).toBe(3);
    // Friday, then Tuesday: Monday is missing. The weekend is not part of the schedule.
    expect(values(weekdays, ["2024-11-15", "2024-11-19"])).toEqual([
      ["2024-11-15", 0],
      ["2024-11-18", Number.NaN],
      ["2024-11-19", 1],
    ]);
  });

  test("do not exist in a published schedule", () => {
    expect(values({ ...weekdays, periods: "published" }, ["2024-11-15", "2024-11-19"])).toEqual([
      ["2024-11-15", 0],
      ["2024-11-19", 1],
    ]);
  });

  test("do not remove a period that was published outside the schedule", () => {
    const saturday = "2024-11-16";
    expect(panelPeriods(weekdays, ["2024-11-15", saturday, "2024-11-18"])).toEqual([
      "2024-11-15",
      saturday,
      "2024-11-18",
    ]);
  });

  test("a calendar schedule has no effect if every period was published", () => {
    const published = Array.from({ length: 40 }, (_, at) => addPeriods("2024-01-30", at));
    expect(panelPeriods({ every: "day", periods: "calendar" }, published)).toEqual(published);
  });

  test("are missing in a feature of the previous period, which does not use an earlier value", () => {
    const { features } = forecast;
    const facts = new Map([
      ["prices", months(6).map((month) => fact(month, "price", 1))],
      [
        "weather",
        months(6)
          .filter((month) => month !== "2024-03")
          .map((month, at) => fact(month, "rain", at)),
      ],
    ]);
    const rows = tableOf(datasetOf(forecastPanel(forecast, facts), { features, tolerance: 0.005 }));
    expect(rows.map(({ period, inputs }) => [period, inputs.rain])).toContainEqual(["2024-04", Number.NaN]);
    const without = new Map([
      ...facts,
      [
        "prices",
        months(6)
          .filter((month) => month !== "2024-03")
          .map((month) => fact(month, "price", 1)),
      ] as const,
    ]);
    const fewer = tableOf(datasetOf(forecastPanel(forecast, without), { features, tolerance: 0.005 }));
    expect(fewer.find(({ period }) => period === "2024-04")?.inputs.rain).toBe(Number.NaN);
  });
});
