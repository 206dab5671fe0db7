import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Dataset, datasetOf, firstRowAt } from "../../shared/features/dataset.ts";
import { lossesByPeriod } from "../../shared/judging/losses.ts";
import { coverageOf, errorsOf, residualsOf, widthsOf } from "../../shared/judging/score.ts";
import { type Fold, rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";
import { rmse } from "../../shared/stats/rmse.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";

/** Makes a dataset with the given number of rows in each period. Targets are 0, 1, 2, … */
function datasetWith(rowsOfPeriods: readonly number[], step = 1): Dataset {
  const period = Int32Array.from(rowsOfPeriods.flatMap((rows, index) => Array.from({ length: rows }, () => index)));
  const rows = period.length;
  return {
    step,
    rows,
    periods: rowsOfPeriods.map((_, index) => `2026-${String(index).padStart(4, "0")}`),
    period,
    series: new Int32Array(rows),
    columns: [],
    last: new Float64Array(rows),
    target: Float64Array.from({ length: rows }, (_, row) => row),
  };
}

/** Makes two random walks that mostly move together, with their rows `step` periods ahead. */
function walks(seed: number, step: number): Dataset {
  const random = seededRandom(seed);
  const common = Array.from({ length: 150 }, () => seededNormal(random));
  const series = ["a", "b"].map((name) => {
    let value = 100;
    const values = Float64Array.from(common, (move) => {
      value += move + 0.2 * seededNormal(random);
      return value;
    });
    return { is: [name], values };
  });
  const periods = common.map((_, index) => `2026-${String(index).padStart(4, "0")}`);
  const features = [{ name: "last", kind: "lag", periods: 1 }] as const;
  return datasetOf({ dimensions: ["name"], periods, series }, { features, tolerance: 0.005, step });
}

/** Returns the skill against the last value of adding half the mean change of the newest period that a fold is trained on. */
function skillOfRecentChange(data: Dataset, folds: readonly Fold[]): number {
  const changes = data.target.map((value, row) => value - (data.last[row] ?? 0));
  const residuals = folds.map(({ train, rows }) => {
    const from = firstRowAt(data, data.period[train.to - 1] ?? 0);
    const recent = changes.subarray(from, train.to);
    const mean = recent.reduce((sum, change) => sum + change, 0) / recent.length;
    return changes.subarray(rows.from, rows.to).map((change) => change - mean / 2);
  });
  const { from, to } = rowsOf(folds);
  const zero = new Float64Array(to - from);
  const errors = Float64Array.from(residuals.flatMap((values) => [...values]));
  return 1 - rmse(zero, errors) / rmse(zero, changes.subarray(from, to));
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

  test("a training row's target is at most at the first origin of its fold, for any step", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 30, maxLength: 60 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 12 }), (rowsOfPeriods, step) => {
        const data = datasetWith(rowsOfPeriods, step);
        const { validation, test: last } = windowsOf(data, { ...shares, folds: 4, periodsMin: 10 });
        for (const { train, rows } of [...validation, ...last]) {
          const origin = (data.period[rows.from] ?? 0) - step;
          expect(data.period[train.to - 1]).toBe(origin);
          expect(data.period[train.to]).toBe(origin + 1);
        }
      }),
    );
  });

  test("random walks 12 steps ahead have no skill, which they would have in folds cut by the target", () => {
    const step = 12;
    const byTarget = ({ rows }: Fold): Fold => ({ train: { from: 0, to: rows.from }, rows });
    const skills = { byOrigin: 0, byTarget: 0 };
    const seeds = 60;
    for (let seed = 1; seed <= seeds; seed++) {
      const data = walks(seed, step);
      const { validation, test: last } = windowsOf(data, { ...shares, folds: 4, periodsMin: 10 });
      const folds = [...validation, ...last];
      skills.byOrigin += skillOfRecentChange(data, folds) / seeds;
      skills.byTarget += skillOfRecentChange(data, folds.map(byTarget)) / seeds;
    }
    expect(skills.byTarget).toBeGreaterThan(0.1);
    expect(skills.byOrigin).toBeLessThan(0);
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
