/** Scores against scoringrules, properscoring and scikit-learn, and the properties that make them scores. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crps } from "../../shared/distributions/crps.ts";
import { type Distribution, distributionOf } from "../../shared/distributions/distribution.ts";
import { fractionalCoverage } from "../../shared/distributions/fractional-coverage.ts";
import {
  intervalScore,
  meanPinballLoss,
  pinballLevels,
  pinballLoss,
  weightedIntervalScore,
  wisLevels,
} from "../../shared/distributions/interval-score.ts";
import { chancesAround, expectedValueOf, quantilesOf } from "../../shared/distributions/summary.ts";
import { directionBrier, directionLogLoss, directions } from "../../shared/distributions/three-classes.ts";
import golden from "../golden/distributions.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { anyDistribution } from "./any-distribution.ts";
import { intervalsOf, medianOf } from "./intervals.ts";

const cases = golden.scores.map((one) => ({ ...one, distribution: distributionOf(one.values, one.masses) }));
const near = { relative: 1e-9, absolute: 1e-12 };

const wisOf = (distribution: Distribution, outcome: number) =>
  weightedIntervalScore({ median: medianOf(distribution), intervals: intervalsOf(distribution, wisLevels) }, outcome);

test("CRPS equals that of scoringrules and properscoring", () => {
  for (const one of cases) expectClose(crps(one.distribution, one.outcome), one.crps, near);
});

test("interval score, weighted interval score and pinball loss equal those of scoringrules", () => {
  for (const { distribution, outcome, intervalScores, wis, pinball } of cases) {
    intervalsOf(distribution, wisLevels).forEach((interval, i) => {
      expectClose(intervalScore(interval, outcome), intervalScores[i] ?? Number.NaN, near);
    });
    expectClose(wisOf(distribution, outcome), wis, near);
    quantilesOf(distribution, golden.levels).forEach((quantile, i) => {
      expectClose(pinballLoss(golden.levels[i] ?? 0, quantile, outcome), pinball[i] ?? Number.NaN, near);
    });
  }
});

test("log loss and Brier score of three classes equal scikit-learn's", () => {
  const { probabilities, happened, logLoss, brier } = golden.classes;
  const rows = probabilities.map(([down = 0, same = 0, up = 0], row) => ({
    chances: { down, same, up },
    what: directions[happened[row] ?? -1] ?? "same",
  }));
  const mean = (loss: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + loss(row), 0) / rows.length;
  expectClose(
    mean(({ chances, what }) => directionLogLoss(chances, what)),
    logLoss,
    near,
  );
  expectClose(
    mean(({ chances, what }) => directionBrier(chances, what)),
    brier,
    near,
  );
});

describe("for any distribution and outcome", () => {
  const outcomes = fc.integer({ min: -60, max: 60 });

  test("the weighted interval score is twice the mean pinball loss of its seven quantiles", () => {
    fc.assert(
      fc.property(anyDistribution, outcomes, (distribution, outcome) => {
        const quantiles = quantilesOf(distribution, pinballLevels);
        expectClose(wisOf(distribution, outcome), 2 * meanPinballLoss(pinballLevels, quantiles, outcome), near);
      }),
    );
  });

  test("CRPS is E|X − y| − ½ E|X − X′|, moves with the values and scales with them", () => {
    fc.assert(
      fc.property(anyDistribution, outcomes, fc.integer({ min: 1, max: 9 }), (distribution, outcome, factor) => {
        const { values, masses } = distribution;
        const expectation = (of: (value: number) => number) =>
          values.reduce((sum, value, i) => sum + (masses[i] ?? 0) * of(value), 0);
        const spread = expectation((a) => expectation((b) => Math.abs(a - b)));
        const score = crps(distribution, outcome);
        expectClose(score, expectation((value) => Math.abs(value - outcome)) - spread / 2, near);
        const moved = { values: values.map((value) => value * factor + 7), masses };
        expectClose(crps(moved, outcome * factor + 7), score * factor, near);
      }),
    );
  });

  test("each score is lowest on average for the distribution that outcomes come from", () => {
    fc.assert(
      fc.property(anyDistribution, anyDistribution, (truth, other) => {
        const average = (of: (outcome: number) => number) =>
          truth.values.reduce((sum, value, i) => sum + (truth.masses[i] ?? 0) * of(value), 0);
        for (const score of [crps, wisOf]) {
          const [right, wrong] = [truth, other].map((one) => average((outcome) => score(one, outcome)));
          expect(right ?? Number.NaN).toBeLessThanOrEqual((wrong ?? Number.NaN) + 1e-9);
        }
        const last = truth.values[0] ?? 0;
        for (const score of [directionLogLoss, directionBrier]) {
          const mean = (one: Distribution) => {
            const chances = chancesAround(one, last);
            const { down, same, up } = chancesAround(truth, last);
            return down * score(chances, "down") + same * score(chances, "same") + up * score(chances, "up");
          };
          expect(mean(truth)).toBeLessThanOrEqual(mean(other) + 1e-9);
        }
      }),
    );
  });

  test("the mean fractional coverage of outcomes from the distribution is the level", () => {
    fc.assert(
      fc.property(anyDistribution, fc.constantFrom(0.5, 0.8, 0.9, 0.95), (truth, level) => {
        const covered = truth.values.reduce(
          (sum, value, i) => sum + (truth.masses[i] ?? 0) * fractionalCoverage(truth, value, level),
          0,
        );
        expectClose(covered, level, { relative: 1e-9 });
      }),
    );
  });
});

test("an outcome outside the distribution is not covered, and one between two values is by its rank", () => {
  const distribution = distributionOf([0, 10], [1, 1]);
  expect([-1, 5, 11].map((outcome) => fractionalCoverage(distribution, outcome, 0.8))).toEqual([0, 1, 0]);
  expect(expectedValueOf(distribution)).toBe(5);
});
