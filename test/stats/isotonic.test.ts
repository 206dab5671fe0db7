import fc from "fast-check";
import { expect, test } from "vitest";
import { calibrateIsotonic, fitIsotonic, poolAdjacentViolators } from "../../shared/stats/isotonic.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const reference = golden.isotonic;

test("pooled values are scikit-learn's", () => {
  const pooled = poolAdjacentViolators(reference.values, reference.weights);
  reference.pooled.forEach((value, i) => {
    expectClose(pooled[i] ?? null, value, { absolute: 1e-12 });
  });
  expect([...poolAdjacentViolators([1, 3, 2, 4])]).toEqual([1, 2.5, 2.5, 4]);
});

test("the calibrator has scikit-learn's corners and gives its probabilities, within and beyond them", () => {
  const calibrator = fitIsotonic(reference.scores, reference.outcomes);
  expect(calibrator.scores).toEqual(reference.corners.scores);
  reference.corners.probabilities.forEach((value, i) => {
    expectClose(calibrator.probabilities[i] ?? null, value, { absolute: 1e-15 });
  });
  reference.asked.forEach((score, i) => {
    expectClose(calibrateIsotonic(calibrator, score), reference.probabilities[i] ?? Number.NaN, { absolute: 1e-12 });
  });
});

test("pooled values never fall and keep the weighted mean, overall and within each block", () => {
  const row = fc.record({ value: fc.integer({ min: -50, max: 50 }), weight: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      const pooled = poolAdjacentViolators(
        rows.map((r) => r.value),
        rows.map((r) => r.weight),
      );
      const moved = new Map<number, number>();
      rows.forEach(({ value, weight }, i) => {
        const fitted = pooled[i] ?? Number.NaN;
        expect(fitted).toBeGreaterThanOrEqual(pooled[i - 1] ?? -Infinity);
        moved.set(fitted, (moved.get(fitted) ?? 0) + weight * (value - fitted));
      });
      for (const sum of moved.values()) expectClose(sum, 0, { absolute: 1e-9 });
    }),
  );
});

test("a rising list is left as it is, a falling one becomes its mean", () => {
  expect([...poolAdjacentViolators([1, 2, 3])]).toEqual([1, 2, 3]);
  expect([...poolAdjacentViolators([3, 2, 1])]).toEqual([2, 2, 2]);
});

test("equal scores and a single score calibrate to their share of events", () => {
  const flat = fitIsotonic([7, 7, 7, 7], [0, 1, 1, 1]);
  expect(flat).toEqual({ scores: [7], probabilities: [0.75] });
  expect([0, 7, 9].map((score) => calibrateIsotonic(flat, score))).toEqual([0.75, 0.75, 0.75]);
});

test("weights that weigh nothing and scores that are none are refused", () => {
  expect(() => poolAdjacentViolators([1, 2], [1, 0])).toThrow(/weight 1 is 0/);
  expect(() => calibrateIsotonic({ scores: [1], probabilities: [1] }, Number.NaN)).toThrow(/NaN/);
});
