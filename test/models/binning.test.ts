import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binFeatures, MISSING_BIN } from "../../shared/models/binning.ts";
import { columnOf, type Matrix } from "../../shared/models/matrix.ts";
import { createSortBuffers, sortColumn } from "../../shared/models/sort-column.ts";
import { matrixOf } from "./matrix-of.ts";
import { firstRows, friedman1, golden } from "./support.ts";

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const column = fc.array(fc.oneof(float32, fc.constantFrom(0, -0, 1, 2, Number.NaN)), { minLength: 1, maxLength: 400 });
const single = (values: readonly number[]): Matrix => matrixOf(values.map((value) => [value]));

describe("binning", () => {
  test("thresholds equal scikit-learn's, rounded to float32", () => {
    const { features } = firstRows(friedman1(1500, 1), 600);
    const thresholds = binFeatures(features, 32).binning.thresholds[0] ?? new Float32Array();
    expect(thresholds.length).toBe(golden.thresholds32.length);
    golden.thresholds32.forEach((threshold, i) => {
      expect(Math.abs((thresholds[i] ?? 0) - threshold)).toBeLessThanOrEqual(6e-8);
    });
  });

  test("x ≤ threshold b is equivalent to bin ≤ b for float32 values", () => {
    fc.assert(
      fc.property(column, fc.integer({ min: 2, max: 255 }), (values, binsMax) => {
        const matrix = single(values);
        const { binning, bins } = binFeatures(matrix, binsMax);
        const thresholds = binning.thresholds[0] ?? new Float32Array();
        expect(thresholds.length).toBeLessThan(binsMax);
        columnOf(matrix, 0).forEach((value, row) => {
          if (Number.isNaN(value)) expect(bins[row]).toBe(MISSING_BIN);
          thresholds.forEach((threshold, b) => {
            if (!Number.isNaN(value)) expect(value <= threshold).toBe((bins[row] ?? 0) <= b);
          });
        });
      }),
    );
  });

  test("neighbouring float32 values get different bins", () => {
    const next = (value: number): number =>
      new Float32Array(new Int32Array(Float32Array.of(value).buffer).map((b) => b + 1).buffer)[0] ?? 0;
    fc.assert(
      fc.property(fc.float({ min: 1, max: 1e6, noNaN: true }), (low) => {
        const { bins } = binFeatures(single([low, next(low)]));
        expect([...bins]).toEqual([0, 1]);
      }),
    );
  });

  test("with few distinct values every bin contains a training value", () => {
    const values = [3, 1, 2, 2, Number.NaN, 1];
    const binned = binFeatures(single(values));
    expect([...binned.bins]).toEqual([2, 0, 1, 1, MISSING_BIN, 0]);
  });

  test("a constant column has no threshold", () => {
    expect(binFeatures(single([5, 5])).binning.thresholds[0]?.length).toBe(0);
  });

  test("the columns of a matrix are binned independently of each other", () => {
    const rows = [
      [3, 10, Number.NaN],
      [1, 30, 5],
      [2, 20, 5],
    ];
    expect([...binFeatures(matrixOf(rows)).bins]).toEqual([2, 0, 1, 0, 2, 1, MISSING_BIN, 0, 0]);
  });
});

test("a column is sorted as by comparison, and rows of equal values ascend", () => {
  const any = fc.array(fc.oneof(fc.float({ noNaN: false }), fc.constantFrom(0, -0, 1, -1, Number.NaN)), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 3 }), (columns) => {
      const buffers = createSortBuffers(300);
      for (const column of columns) {
        const values = Float32Array.from(column);
        const { sorted, order } = sortColumn(values, buffers);
        expect([...sorted]).toEqual([...values.filter((value) => !Number.isNaN(value)).sort()]);
        expect([...sorted]).toEqual([...order].map((row) => values[row]));
        order.forEach((row, i) => {
          if (i > 0 && Object.is(sorted[i - 1], sorted[i])) expect(row).toBeGreaterThan(order[i - 1] ?? 0);
        });
      }
    }),
  );
});
