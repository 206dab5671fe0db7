import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { balancedAccuracy } from "../../shared/stats/balanced-accuracy.ts";
import { decisionThreshold } from "../../shared/stats/decision-threshold.ts";
import golden from "../golden/decision-threshold.json" with { type: "json" };

const rows = fc.array(
  fc.tuple(
    fc.constantFrom(0, 1),
    fc.integer({ min: 0, max: 40 }).map((step) => step / 40),
  ),
  {
    minLength: 1,
    maxLength: 40,
  },
);

function accuracyAt(drawn: readonly (readonly [number, number])[], threshold: number): number {
  const outcomes = drawn.map(([outcome]) => outcome);
  const named = drawn.map(([, probability]) => Number(probability >= threshold));
  return balancedAccuracy<number>(outcomes, named);
}

describe("decision threshold", () => {
  test("is between the classes if they are separable", () => {
    expect(decisionThreshold([0, 0, 1, 1], [0.6, 0.7, 0.8, 0.9])).toBe(0.75);
  });

  test("is 0.5 for equal probabilities, a single class and ties", () => {
    expect(decisionThreshold([0, 1, 1], [0.9, 0.9, 0.9])).toBe(0.5);
    expect(decisionThreshold([1, 1, 1], [0.2, 0.3, 0.9])).toBe(0.5);
    expect(decisionThreshold([0, 1], [0.1, 0.9])).toBe(0.5);
  });

  test("its balanced accuracy is the highest that scikit-learn finds on the ROC curve", () => {
    for (const { outcomes, probabilities, best } of golden.cases) {
      const threshold = decisionThreshold(outcomes, probabilities);
      const classes = probabilities.map((probability) => Number(probability >= threshold));
      expect(balancedAccuracy<number>(outcomes, classes)).toBeCloseTo(best, 12);
    }
  });

  test("no threshold has a higher balanced accuracy, and 0.5 wins a tie", () => {
    fc.assert(
      fc.property(rows, (drawn) => {
        const outcomes = drawn.map(([outcome]) => outcome);
        fc.pre(new Set(outcomes).size === 2);
        const probabilities = drawn.map(([, probability]) => probability);
        const found = decisionThreshold(outcomes, probabilities);
        expect(found).toBeGreaterThanOrEqual(0);
        expect(found).toBeLessThanOrEqual(1);
        const best = accuracyAt(drawn, found);
        for (let step = 0; step <= 82; step++) {
          const other = step / 80;
          expect(accuracyAt(drawn, other)).toBeLessThanOrEqual(best + 1e-12);
          if (other === 0.5 && Math.abs(accuracyAt(drawn, other) - best) < 1e-12) expect(found).toBe(0.5);
        }
      }),
    );
  });
});
