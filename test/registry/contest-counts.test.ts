import { describe, expect, test } from "vitest";
import type { Contender } from "../../shared/registry/card.ts";
import { decide } from "../../shared/registry/gate.ts";
import { challengerOf, rule, situation } from "../support/gate-story.ts";

/** A model that is ahead of the baseline by the error of its points, and behind it by the CRPS of its distributions. */
function contendersOf(scores: NonNullable<Contender["distribution"]>) {
  const common = { classification: null, gateP: null };
  return [
    {
      ...common,
      recipe: "naive",
      candidate: "naive",
      validationRmse: 2,
      distribution: { ...scores, validationCrps: 1 },
    },
    {
      ...common,
      recipe: "bbbb",
      candidate: "ridge",
      validationRmse: 1,
      distribution: { ...scores, validationCrps: 1.5 },
    },
  ];
}

const byLevel = { 50: 0, 80: 0, 90: 0, 95: 0 };
const scores = {
  form: "changes",
  validationCrps: 0,
  crps: 0,
  wis: 0,
  meanPinballLoss: 0,
  rmse: 0,
  mae: 0,
  exact: 0,
  coverage: byLevel,
  fractionalCoverage: byLevel,
  width: byLevel,
  probabilities: null,
} as const;

describe("the number of models that were better than the baseline on validation", () => {
  test.each([
    ["crps", 0],
    ["rmse", 1],
    [null, 1],
  ] as const)("is counted by what contenders are compared by: %s", (metric, ahead) => {
    const baseline = challengerOf({ challenger: 2, naive: 2, candidate: "naive", recipe: "naive" });
    const judged = { ...baseline.judged, metric, contenders: contendersOf(scores) };
    expect(decide({ ...baseline, judged }, situation(null), rule)).toMatchObject({ rule: "naive", ahead, tested: 0 });
  });
});
