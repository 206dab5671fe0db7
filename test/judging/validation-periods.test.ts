/** Guarantees of the rule for the length of validation. */
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../shared/features/dataset.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { validationPeriods } from "../../shared/judging/validation-periods.ts";
import { rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";

/** Makes a dataset with `rowsAt(period)` rows in each period. */
function datasetWith(periods: number, rowsAt: (period: number) => number): Dataset {
  const period = Int32Array.from(
    Array.from({ length: periods }, (_, at) => new Array<number>(rowsAt(at)).fill(at)).flat(),
  );
  const rows = period.length;
  return {
    step: 1,
    rows,
    periods: Array.from({ length: periods }, (_, at) => `2026-${String(at).padStart(4, "0")}`),
    period,
    series: new Int32Array(rows),
    columns: [],
    last: new Float64Array(rows),
    target: new Float64Array(rows),
  };
}

const rule = { testShare: 0.2, folds: 4, periodsMin: 30 };
const lengthOf = (data: Dataset) => spanOf(data, rowsOf(windowsOf(data, rule).validation)).periods;
const oneSeries = (periods: number) => datasetWith(periods, () => 1);

describe("the length of validation", () => {
  test.each([
    { what: "many series: a fifth of the periods", data: datasetWith(151, () => 185), length: 31 },
    { what: "one long series: a fifth", data: oneSeries(9916), length: 1984 },
    { what: "one series of forty years of months: 120 periods", data: oneSeries(480), length: 120 },
    { what: "one series of 213 days: half of the periods before the test window", data: oneSeries(213), length: 85 },
    { what: "two series: 60 periods", data: datasetWith(213, () => 2), length: 60 },
  ])("$what", ({ data, length }) => {
    expect(lengthOf(data)).toBe(length);
  });

  test("it leaves the first fit at least as many periods as validation has, for any number of periods", () => {
    for (let periods = 10; periods <= 700; periods += 3) {
      const data = oneSeries(periods);
      const { validation } = windowsOf(data, rule);
      const length = validationPeriods(data, periods - Math.ceil(periods / 5));
      expect(spanOf(data, validation[0]?.train ?? { from: 0, to: 0 }).periods).toBeGreaterThanOrEqual(length);
      expect(length).toBeGreaterThan(0);
    }
  });

  test("rows of the test window do not change it", () => {
    const full = datasetWith(300, () => 1);
    const empty = datasetWith(300, (at) => (at < 240 || at === 299 ? 1 : 0));
    expect(validationPeriods(empty, 240)).toBe(validationPeriods(full, 240));
    expect(validationPeriods(full, 240)).toBe(120);
  });

  test("no forecast of the catalogue sets it", () => {
    expect(forecasts.filter(({ validation }) => validation.validationShare !== undefined)).toEqual([]);
  });
});

test("the rolling origins before validation begin after the first fifth of the periods before the test window", () => {
  const data = oneSeries(213);
  const { earlier, validation } = windowsOf(data, rule);
  expect(earlier).toHaveLength(rule.folds);
  expect(earlier[0]?.rows.from).toBe(34);
  expect(rowsOf(earlier).to).toBe(rowsOf(validation).from);
  for (const { train, rows } of earlier) expect(train).toEqual({ from: 0, to: rows.from });
});
