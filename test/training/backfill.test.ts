/** The backfill: past periods are predicted by models that do not know them. */
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { mistakesIn } from "../../shared/forecasts/check.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { addPeriods, periodsBetween } from "../../shared/period.ts";
import { backfillOf } from "../../shared/training/backfill.ts";
import { type Job, type RecipeChoice, workbenchOf } from "../../shared/training/job.ts";
import { instantPool, momentum, simulatedPanel, smallDataset, smallForecast } from "./support.ts";

const forecast: Forecast = { ...smallForecast, dimensions: [], features: smallForecast.features.slice(1) };
const ridge: RecipeChoice = { candidate: "ridge", parameters: { alpha: 10 } };
const from = "2026-02-20";

function dataOf(change: (value: number, period: string) => number = (value) => value): Dataset {
  const panel = simulatedPanel(4, momentum, { periods: 150, series: 1 });
  const series = panel.series.map(({ values }): Panel["series"][number] => ({
    is: [],
    values: values.map((value, at) => change(value, panel.periods[at] ?? "")),
  }));
  return smallDataset({ ...panel, dimensions: [], series }, forecast);
}

const months: Forecast["schedule"] = { every: "month", periods: "calendar" };

/** Returns the same rows as months from 2010-01 to 2022-06. */
function monthly(): Dataset {
  const data = dataOf();
  return { ...data, periods: data.periods.map((_, at) => addPeriods("2010-01", at)) };
}

function backfill(data: Dataset, recipe = ridge, backfillFrom: string | undefined = from) {
  const declared = { ...forecast, ...(backfillFrom !== undefined && { backfillFrom }) };
  return backfillOf(
    { forecast: declared, bench: workbenchOf(forecast, data), recipe, seed: 1 },
    instantPool(forecast, data),
  );
}

test("of months is refitted at least once a year, and does not begin before there is enough data for a training", async () => {
  const data = monthly();
  const declared: Forecast = { ...forecast, schedule: months, backfillFrom: "2018-03" };
  const task = { forecast: declared, bench: workbenchOf(declared, data), recipe: ridge, seed: 1 };
  const rows = await backfillOf(task, instantPool(declared, data));
  // 52 months are five folds of almost equal length.
  expect(new Set(rows.map(({ trainedTo }) => trainedTo)).size).toBe(5);
  for (const { period, trainedTo } of rows) expect(periodsBetween(trainedTo, period)).toBeLessThanOrEqual(12);
  const early = { ...task, forecast: { ...declared, backfillFrom: "2010-03" } };
  const [first] = await backfillOf(early, instantPool(declared, data));
  expect(first?.period).toBe(addPeriods("2010-01", declared.validation.periodsMin));
});

describe("the backfill", () => {
  test("has every period since its beginning once, each from a model that was trained to an earlier period", async () => {
    const data = dataOf();
    const rows = await backfill(data);
    expect(rows.map(({ period }) => period)).toEqual(data.periods.filter((period) => period >= from));
    for (const { period, trainedTo } of rows) expect(trainedTo < period).toBe(true);
    for (const { prediction } of rows) expect(prediction).toBe(Math.round(prediction * 100) / 100);
  });

  test("of a period does not depend on values from this period on", async () => {
    const [cut] = ["2026-04-10"];
    const before = await backfill(dataOf());
    const after = await backfill(dataOf((value, period) => (period >= cut ? value * 2 : value)));
    const until = (rows: typeof before) => rows.filter(({ period }) => period <= cut);
    expect(until(after)).toEqual(until(before));
    expect(after).not.toEqual(before);
  });

  test("of the baseline is the value before", async () => {
    const data = dataOf();
    const rows = await backfill(data, { candidate: "naive", parameters: {} });
    const lastOf = new Map(Array.from(data.period, (period, row) => [data.periods[period], data.last[row]]));
    for (const { period, prediction } of rows) expect(prediction).toBeCloseTo(lastOf.get(period) ?? Number.NaN, 4);
  });

  test("is empty without a declaration, and leaves out a fold that cannot be fitted", async () => {
    const data = monthly();
    const bench = workbenchOf(forecast, data);
    const pool = instantPool(forecast, data);
    expect(await backfillOf({ forecast, bench, recipe: ridge, seed: 1 }, pool)).toEqual([]);
    let jobs = 0;
    const failing = {
      run: async (job: Job) =>
        jobs++ === 0 ? ({ ok: false, error: { kind: "constant-target", value: 1 } } as const) : pool.run(job),
    };
    const task = {
      forecast: { ...forecast, schedule: months, backfillFrom: "2018-03" },
      bench,
      recipe: ridge,
      seed: 1,
    };
    const all = await backfillOf(task, pool);
    const some = await backfillOf(task, failing);
    expect(some.length).toBeGreaterThan(0);
    expect(some.length).toBeLessThan(all.length);
    expect(all).toEqual(expect.arrayContaining(some));
  });
});

test("a declared beginning that is no period of the forecast, or of several series, is a mistake", () => {
  const wrong = mistakesIn({ ...smallForecast, backfillFrom: "2009" }, []);
  expect(wrong).toEqual(
    expect.arrayContaining([
      "backfillFrom is 2009; expected a day, such as 2026-11-20.",
      "A backfill is declared for a forecast of several series; expected no backfillFrom.",
    ]),
  );
});
