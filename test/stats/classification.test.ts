import fc from "fast-check";
import { expect, test } from "vitest";
import { auc } from "../../shared/stats/auc.ts";
import { balancedAccuracy } from "../../shared/stats/balanced-accuracy.ts";
import { brier } from "../../shared/stats/brier.ts";
import { expectedCalibrationError, reliability } from "../../shared/stats/calibration.ts";
import { logLoss } from "../../shared/stats/log-loss.ts";
import golden from "../golden/stats.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const { outcomes, probabilities } = golden.classification;

test("Brier score, log loss, AUC with ties and balanced accuracy equal scikit-learn's", () => {
  const reference = golden.classification;
  expectClose(brier(outcomes, probabilities), reference.brier);
  expectClose(logLoss(outcomes, probabilities), reference.logLoss);
  expectClose(auc(outcomes, probabilities), reference.auc);
  const predicted = probabilities.map((probability) => Number(probability > 0.5));
  expectClose(balancedAccuracy(outcomes, predicted), reference.balancedAccuracy);
  expectClose(balancedAccuracy(reference.labels, reference.guesses), reference.balancedAccuracyOfLabels);
});

test("the reliability bins equal scikit-learn's, and their gaps add up to the calibration error", () => {
  const bins = reliability(outcomes, probabilities);
  const reference = golden.classification.reliability;
  expect(bins).toHaveLength(reference.length);
  reference.forEach(({ forecast, observed }, i) => {
    expectClose(bins[i]?.forecast ?? null, forecast, { absolute: 1e-15 });
    expectClose(bins[i]?.observed ?? null, observed);
  });
  expect(bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(outcomes.length);
  expectClose(expectedCalibrationError(bins), golden.classification.ece);
});

test("a forecast on the edge of two bins falls into the lower one", () => {
  const edges = [0, 0.1, 0.3, 0.7, 1];
  const lows = edges.map((edge) => reliability([1], [edge])[0]?.low);
  expect(lows).toEqual([0, 0, 0.2, 0.6, 0.9]);
  expect(reliability([1], [0.07], 100)[0]?.high).toBe(0.07);
});

test("an increasing transform does not change AUC, a decreasing one gives 1 − AUC", () => {
  const rows = fc.array(
    fc.record({ outcome: fc.integer({ min: 0, max: 1 }), score: fc.integer({ min: -20, max: 20 }) }),
    {
      minLength: 2,
    },
  );
  fc.assert(
    fc.property(rows, (sample) => {
      const truth = sample.map((row) => row.outcome);
      const scored = (transform: (score: number) => number) =>
        auc(
          truth,
          sample.map((row) => transform(row.score)),
        );
      const plain = scored((score) => score);
      expect(scored((score) => Math.exp(score / 5))).toBe(plain);
      expect(scored((score) => 3 * score ** 3 - 7)).toBe(plain);
      if (plain !== null)
        expectClose(
          scored((score) => -score),
          1 - plain,
          { absolute: 1e-12 },
        );
    }),
  );
});

test("AUC is the share of pairs in the right order, with a tie as one half", () => {
  const bit = fc.integer({ min: 0, max: 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(bit, fc.integer({ min: 0, max: 5 })), { minLength: 1, maxLength: 30 }), (rows) => {
      const events = rows.filter(([outcome]) => outcome === 1);
      const others = rows.filter(([outcome]) => outcome === 0);
      const wins = events.flatMap(([, a]) => others.map(([, b]) => (Math.sign(a - b) + 1) / 2));
      const area = auc(
        rows.map(([outcome]) => outcome),
        rows.map(([, score]) => score),
      );
      if (wins.length === 0) expect(area).toBeNull();
      else expectClose(area, wins.reduce((sum, win) => sum + win, 0) / wins.length, { absolute: 1e-12 });
    }),
  );
});

test("log loss of a wrong certain prediction is large but finite", () => {
  expectClose(logLoss([1], [0]), -Math.log(Number.EPSILON));
  expectClose(logLoss([0], [1]), -Math.log(Number.EPSILON));
  expectClose(logLoss([1, 0], [0.5, 0.5]), Math.LN2);
});

test("always predicting the common class is no better than chance", () => {
  expect(balancedAccuracy(["calm", "calm", "calm", "move"], ["calm", "calm", "calm", "calm"])).toBe(0.5);
  expect(balancedAccuracy([true, true], [true, false])).toBe(0.5);
});

test("invalid outcomes and probabilities are rejected", () => {
  expect(() => brier([0.5], [0.5])).toThrow(/outcome 0 is 0.5/);
  expect(() => logLoss([1], [1.01])).toThrow(/probability 0 is 1.01/);
  expect(() => auc([1, 0], [1, Number.NaN])).toThrow(/NaN/);
  expect(() => balancedAccuracy([], [])).toThrow(/at least 1/);
  expect(() => expectedCalibrationError([])).toThrow(/0 forecasts: expected at least 1/);
});
