import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../shared/features/dataset.ts";
import { lossesByPeriod } from "../../shared/judging/losses.ts";
import { coverageOf, errorsOf, residualsOf, widthsOf } from "../../shared/judging/score.ts";
import { rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";

/** Makes a dataset with the given number of rows in each period. Targets are 0, 1, 2, … */
function datasetWith(rowsOfPeriods: readonly number[]): Dataset {
  const period = Int32Array.from(rowsOfPeriods.flatMap((rows, index) => Array.from({ length: rows }, () => index)));
  const rows = period.length;
  return {
    rows,
    periods: rowsOfPeriods.map((_, index) => `2026-${String(index).padStart(4, "0")}`),
    period,
    series: new Int32Array(rows),
    columns: [],
    last: new Float64Array(rows),
    target: Float64Array.from({ length: rows }, (_, row) => row),
  };
}

const shares = { testShare: 0.2, validationShare: 0.2 };

describe("windows", () => {
  test("folds are contiguous whole periods, and their training rows are exactly the rows before them", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 10, maxLength: 80 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 6 }), (rowsOfPeriods, folds) => {
        const data = datasetWith(rowsOfPeriods);
        const { validation, test: last } = windowsOf(data, { ...shares, folds, periodsMin: 10 });
        const all = [...validation, ...last];
        all.forEach(({ train, rows }, index) => {
          expect(train).toEqual({ from: 0, to: rows.from });
          expect(rows.to).toBe(all[index + 1]?.rows.from ?? data.rows);
          expect(data.period[rows.from]).toBeGreaterThan(data.period[rows.from - 1] ?? -1);
        });
        for (const window of [validation, last]) {
          const lengths = window.map(({ rows }) => spanOf(data, rows).periods);
          expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
          expect(lengths.length).toBe(
            Math.min(
              folds,
              lengths.reduce((sum, length) => sum + length, 0),
            ),
          );
        }
      }),
    );
  });

  test("the test window is the last fifth of the periods and validation the fifth before it, rounded up", () => {
    for (let count = 10; count <= 400; count++) {
      const data = datasetWith(Array.from({ length: count }, () => 1));
      const { validation, test: last } = windowsOf(data, { ...shares, folds: 4, periodsMin: 10 });
      const fifth = Math.floor((count + 4) / 5);
      expect([spanOf(data, rowsOf(validation)).periods, spanOf(data, rowsOf(last)).periods]).toEqual([fifth, fifth]);
      expect(rowsOf(last).to).toBe(count);
    }
  });

  test("a fold without rows is omitted, and a window without rows is empty", () => {
    const silent = (index: number) => (index >= 16 ? 0 : 3);
    const { validation, test: last } = windowsOf(datasetWith(Array.from({ length: 20 }, (_, i) => silent(i))), {
      ...shares,
      folds: 2,
      periodsMin: 10,
    });
    expect([validation.length, last.length]).toEqual([2, 0]);
    const halfSilent = datasetWith(Array.from({ length: 20 }, (_, i) => (i >= 18 ? 0 : 3)));
    expect(windowsOf(halfSilent, { ...shares, folds: 2, periodsMin: 10 }).test.length).toBe(1);
  });

  test("a span has its first and last period, and the numbers of periods and rows", () => {
    const data = datasetWith([2, 0, 3, 1]);
    expect(spanOf(data, { from: 1, to: 5 })).toEqual({ from: "2026-0000", to: "2026-0002", periods: 2, rows: 4 });
  });
});

describe("scores", () => {
  test("losses are averaged within each period, for any number of rows", () => {
    const data = datasetWith([1, 2, 0, 3]);
    const losses = [4, 6, 1, 2, 6];
    expect(lossesByPeriod(data, { from: 1, to: 6 }, (row) => losses[row] ?? 0)).toEqual({
      periods: ["2026-0001", "2026-0003"],
      rows: [2, 3],
      losses: [5, 3],
    });
  });

  test("errors and residuals are those of the range's rows", () => {
    const data = datasetWith([2, 2]);
    const predictions = Float64Array.of(2, 6);
    expect([...residualsOf(data, { from: 2, to: 4 }, predictions)]).toEqual([0, -3]);
    expect(errorsOf(data, { from: 2, to: 4 }, predictions)).toEqual({ rmse: Math.sqrt(4.5), mae: 1.5 });
  });

  test("widths are proportional to the scales of the rows, when computed and when scored", () => {
    const scales = Float64Array.of(9, 9, 1, 1, 1, 1, 10, 10);
    const options = { levels: [0.8], tolerance: 0.005, holdLast: false, scales };
    const [width] = widthsOf({ from: 2, to: 6 }, Float64Array.of(1, -2, 3, 4), options);
    if (width === undefined) throw new Error("one level, one width");
    expect(width.halfWidth).toBe(4);
    expect(coverageOf(width, { rows: { from: 6, to: 8 }, misses: Float64Array.of(-39, 41) }, options)).toBe(0.5);
  });

  test("with too few residuals for a level the coverage is null", () => {
    const options = { levels: [0.95], tolerance: 0.005, holdLast: false, scales: null };
    const [width] = widthsOf({ from: 0, to: 2 }, Float64Array.of(1, 2), options);
    if (width === undefined) throw new Error("one level, one width");
    expect(coverageOf(width, { rows: { from: 0, to: 2 }, misses: Float64Array.of(1, 2) }, options)).toBeNull();
  });

  test("a miss equal to the width is inside the interval, despite float32 rounding", () => {
    const options = { levels: [0.5], tolerance: 0.005, holdLast: false, scales: null };
    const misses = [23.47, 2000.13, 8.01].map((last) => last + 0.05 - Math.fround(last));
    const [width] = widthsOf({ from: 0, to: 3 }, Float64Array.of(0, 0.05, 7), options);
    if (width === undefined) throw new Error("one level, one width");
    expect(coverageOf(width, { rows: { from: 0, to: 3 }, misses: Float64Array.from(misses) }, options)).toBe(1);
  });
});
