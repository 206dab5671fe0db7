import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyBinning, binOf, fitBinning, MISSING_BIN } from "../../shared/models/binning.ts";
import { columnOf, type Matrix } from "../../shared/models/matrix.ts";
import { matrixOf } from "./matrix-of.ts";
import { firstRows, friedman1, golden } from "./support.ts";

const float32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const column = fc.array(fc.oneof(float32, fc.constantFrom(0, -0, 1, 2, Number.NaN)), { minLength: 1, maxLength: 400 });
const single = (values: readonly number[]): Matrix => matrixOf(values.map((value) => [value]));

describe("binning", () => {
  test("thresholds equal scikit-learn's, rounded to float32", () => {
    const { features } = firstRows(friedman1(1500, 1), 600);
    const thresholds = fitBinning(features, 32).thresholds[0] ?? new Float32Array();
    expect(thresholds.length).toBe(golden.thresholds32.length);
    golden.thresholds32.forEach((threshold, i) => {
      expect(Math.abs((thresholds[i] ?? 0) - threshold)).toBeLessThanOrEqual(6e-8);
    });
  });

  test("x ≤ threshold b is equivalent to bin ≤ b for float32 values", () => {
    fc.assert(
      fc.property(column, fc.integer({ min: 2, max: 255 }), (values, binsMax) => {
        const matrix = single(values);
        const binning = fitBinning(matrix, binsMax);
        const thresholds = binning.thresholds[0] ?? new Float32Array();
        const { bins } = applyBinning(binning, matrix);
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
        const { bins } = applyBinning(fitBinning(single([low, next(low)])), single([low, next(low)]));
        expect([...bins]).toEqual([0, 1]);
      }),
    );
  });

  test("with few distinct values every bin contains a training value", () => {
    const values = [3, 1, 2, 2, Number.NaN, 1];
    const binned = applyBinning(fitBinning(single(values)), single(values));
    expect([...binned.bins]).toEqual([2, 0, 1, 1, MISSING_BIN, 0]);
  });

  test("a constant column has no threshold, and values outside the training range fall into the outer bins", () => {
    expect(fitBinning(single([5, 5])).thresholds[0]?.length).toBe(0);
    const thresholds = Float32Array.of(1, 2);
    expect([-1e30, 1, 1.5, 1e30].map((value) => binOf(thresholds, value))).toEqual([0, 0, 1, 2]);
  });
});
