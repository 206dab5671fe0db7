/** A declaration that does not fit its data is refused before a training or a backtest, with the declaration that fits. */
import { expect, test } from "vitest";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { addPeriods, firstDayOf } from "../../shared/period.ts";
import { prepare } from "../../trainer/training/run-contest.ts";
import { smallForecast } from "../training/support.ts";

const forecast: Forecast = {
  ...smallForecast,
  dimensions: [],
  features: [{ name: "last", kind: "lag", periods: 1 }],
};
const factsOn = (periods: readonly string[]) => {
  const facts = periods.map((period, at) => ({ period, series: "[]", variable: "price", value: 100 + (at % 7) }));
  return new Map([["simulated", facts]]);
};
const monthly = Array.from({ length: 40 }, (_, at) => firstDayOf(addPeriods("2023-01", at)));
const daily = Array.from({ length: 400 }, (_, at) => addPeriods("2025-01-01", at));

test("monthly values of a daily feed", () => {
  expect(() => prepare(forecast, factsOn(monthly))).toThrow(
    /^small: The data has one value every month .* Expected every: "month" in the schedule, and in the feed granularity: "month"/,
  );
  expect(prepare(forecast, factsOn(daily)).data.rows).toBe(399);
});

test("a reduction that needs more values than any period has", () => {
  const reducedTo = (partsMin: number): Forecast => ({
    ...forecast,
    schedule: { every: "month", periods: "calendar" },
    sources: [{ feed: "simulated", variables: ["price"], lag: 0, reduce: { partsMin, statistics: ["mean"] } }],
    variable: "price_mean",
  });
  const workdays = daily.filter((_, at) => at % 7 < 5);
  expect(() => prepare(reducedTo(28), factsOn(workdays))).toThrow(
    "small: The reduction of simulated needs 28 values of each month, but no month has more than 23. Expected partsMin of at most 23.",
  );
  expect(prepare(reducedTo(20), factsOn(workdays)).data.rows).toBe(12);
});
