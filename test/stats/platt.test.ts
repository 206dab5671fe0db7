import fc from "fast-check";
import { expect, test } from "vitest";
import { fitPlatt, type PlattCalibrator } from "../../shared/stats/platt.ts";
import { sigmoid } from "../../shared/stats/sigmoid.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const probabilityOf = ({ slope, intercept }: PlattCalibrator, score: number) => sigmoid(slope * score + intercept);

test("slope and intercept equal scipy's minimum of Platt's objective, for noisy, separated and shifted scores", () => {
  for (const { scores, outcomes, slope, intercept } of golden.platt) {
    const fitted = fitPlatt(scores, outcomes);
    expectClose(fitted.slope, slope, { relative: 1e-6 });
    expectClose(fitted.intercept, intercept, { relative: 1e-6 });
  }
});

test("the mean calibrated probability is the smoothed base rate", () => {
  const row = fc.record({ score: fc.integer({ min: -1000, max: 1000 }), outcome: fc.integer({ min: 0, max: 1 }) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
      const outcomes = rows.map((r) => r.outcome);
      const calibrator = fitPlatt(
        rows.map((r) => r.score),
        outcomes,
      );
      const events = outcomes.reduce((sum, outcome) => sum + outcome, 0);
      const others = rows.length - events;
      const expected = (events * (events + 1)) / (events + 2) + others / (others + 2);
      const total = rows.reduce((sum, r) => sum + probabilityOf(calibrator, r.score), 0);
      expectClose(total, expected, { relative: 1e-6 });
    }),
  );
});

test("equal scores give slope 0 and the smoothed base rate", () => {
  const flat = fitPlatt([0.1, 0.1, 0.1], [1, 0, 1]);
  expect(flat.slope).toBe(0);
  expectClose(probabilityOf(flat, 0.1), (2 * (3 / 4) + 1 / 3) / 3);
});

test("a single class gives a finite probability near 0 or 1", () => {
  const certain = fitPlatt([1, 2, 3], [1, 1, 1]);
  expectClose(certain.slope, 0, { absolute: 1e-6 });
  expectClose(probabilityOf(certain, 2), 4 / 5, { relative: 1e-6 });
});
