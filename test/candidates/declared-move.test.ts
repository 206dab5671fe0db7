/** Tests the growth of a season, by hand and for every step, and the candidates that move the last value by a feature. */
import { expect, test } from "vitest";
import { drift, seasonalGrowthMove } from "../../shared/candidates/declared-move.ts";
import { predictValue } from "../../shared/candidates/fitted.ts";
import { datasetOf } from "../../shared/features/dataset.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { addPeriods } from "../../shared/period.ts";
import { taskOf } from "./support.ts";

const month = (at: number) => addPeriods("2010-01", at);
const panelOf = (values: readonly number[], first = "2010-01"): Panel => ({
  dimensions: [],
  periods: values.map((_, at) => addPeriods(first, at)),
  series: [{ is: [], values: Float64Array.from(values) }],
});
const growth: Feature = { name: "growth", kind: "seasonal-growth", periods: 12, seasons: 2 };
const features = [growth];

function growthsOf(values: readonly number[], step = 1): ReadonlyMap<string, number> {
  const { columns, period, periods, rows } = datasetOf(panelOf(values), { features, tolerance: 0, step });
  const [column] = columns;
  if (column?.dtype !== "float") throw new Error("the dataset has no growth");
  return new Map(
    Array.from({ length: rows }, (_, row) => [periods[period[row] ?? 0] ?? "", column.values[row] ?? Number.NaN]),
  );
}

test("it is the logarithm of the mean growth between the same months of the last years", () => {
  const values = Array.from({ length: 40 }, (_, at) => 100 + ((at * 37) % 23));
  const found = growthsOf(values);
  const at = (index: number) => values[index] ?? Number.NaN;
  for (let target = 25; target < 40; target++) {
    const mean = (at(target - 12) / at(target - 13) + at(target - 24) / at(target - 25)) / 2;
    expect(found.get(month(target))).toBeCloseTo(Math.log(mean), 6);
  }
  // With one earlier year the mean has one value, and without one there is none.
  expect(found.get(month(20))).toBeCloseTo(Math.log(at(8) / at(7)), 6);
  expect(found.get(month(12))).toBeNaN();
});

test.each([3, 12, 14])("%i steps ahead it compares the same months, and reads nothing after the origin", (step) => {
  const values = Array.from({ length: 60 }, (_, at) => 100 + ((at * 37) % 23));
  const found = growthsOf(values, step);
  const at = (index: number) => values[index] ?? Number.NaN;
  const first = Math.ceil(step / 12);
  const target = 55;
  const growths = [first, first + 1]
    .map((years) => target - 12 * years)
    // The second of two years ago is beyond the reach if the target is more than a season ahead.
    .filter((end) => end - step >= target - step - 24)
    .map((end) => at(end) / at(end - step));
  const mean = growths.reduce((sum, one) => sum + one, 0) / growths.length;
  expect(found.get(month(target))).toBeCloseTo(Math.log(mean), 6);
  const changed = growthsOf(
    values.map((value, index) => (index > target - step ? value * 3 : value)),
    step,
  );
  expect(changed.get(month(target))).toBe(found.get(month(target)));
});

test("years with a missing value do not count", () => {
  const values = Array.from({ length: 40 }, (_, at) => (at === 20 ? Number.NaN : 100 + at));
  const found = growthsOf(values);
  expect(found.get(month(32))).toBeCloseTo(Math.log(108 / 107), 6);
});

test("quarters work as months do", () => {
  const panel = panelOf([1, 2, 4, 8, 3, 6, 12], "2020-Q1");
  const quarterly: Feature = { name: "growth", kind: "seasonal-growth", periods: 4, seasons: 1 };
  const { columns } = datasetOf(panel, { features: [quarterly], tolerance: 0 });
  const [column] = columns;
  expect(column?.dtype === "float" && [...column.values].slice(-2)).toEqual(
    [Math.log(2), Math.log(2)].map(Math.fround),
  );
});

test("the candidate predicts the last value times the growth, and the last value where there is no growth", () => {
  const values = Array.from({ length: 40 }, (_, at) => 100 + ((at * 37) % 23));
  const data = datasetOf(panelOf(values), { features, tolerance: 0 });
  const task = taskOf(data, { from: 0, to: 5 }, { transform: "log-difference", parameters: { growth: "growth" } });
  const fit = seasonalGrowthMove.fit(task);
  if (!fit.ok) throw new Error(JSON.stringify(fit.error));
  const all = { from: 0, to: data.rows };
  const predictions = predictValue(fit.value, data, all, "log-difference");
  const growths = growthsOf(values);
  predictions.forEach((prediction, row) => {
    const known = growths.get(data.periods[data.period[row] ?? 0] ?? "") ?? Number.NaN;
    const expected = (data.last[row] ?? 0) * (Number.isNaN(known) ? 1 : Math.exp(known));
    expect(prediction / expected).toBeCloseTo(1, 6);
  });
  expect(predictions.length).toBeGreaterThan(35);
});

test("the candidate names what it cannot use", () => {
  const data = datasetOf(panelOf([1, 2, 3, 4]), { features, tolerance: 0 });
  const rows = { from: 0, to: 2 };
  expect(seasonalGrowthMove.fit(taskOf(data, rows, { parameters: { growth: "growth" } }))).toMatchObject({
    ok: false,
    error: { found: "a target fitted as difference", expected: "a log-difference" },
  });
  expect(
    seasonalGrowthMove.fit(taskOf(data, rows, { transform: "log-difference", parameters: { growth: "grow" } })),
  ).toMatchObject({ ok: false, error: { found: "growth grow" } });
});

test("drift predicts the last value times its mean growth of the last periods", () => {
  const values = Array.from({ length: 30 }, (_, at) => 100 + ((at * 37) % 23));
  const change: Feature = { name: "change", kind: "mean-log-difference", periods: 6, learned: false };
  const data = datasetOf(panelOf(values), { features: [change], tolerance: 0 });
  const task = taskOf(data, { from: 0, to: 5 }, { transform: "log-difference", parameters: { change: "change" } });
  const fit = drift.fit(task);
  if (!fit.ok) throw new Error(JSON.stringify(fit.error));
  const predictions = predictValue(fit.value, data, { from: 0, to: data.rows }, "log-difference");
  const at = (index: number) => values[index] ?? Number.NaN;
  predictions.forEach((prediction, row) => {
    const origin = (data.period[row] ?? 0) - 1;
    const growth = origin < 6 ? 1 : (at(origin) / at(origin - 6)) ** (1 / 6);
    expect(prediction / (at(origin) * growth)).toBeCloseTo(1, 6);
  });
  expect(predictions.length).toBe(29);
  expect(drift.fit({ ...task, parameters: {} })).toMatchObject({ ok: false, error: { found: "change undefined" } });
});
