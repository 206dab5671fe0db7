import { describe, expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { decide, naiveCandidates, type Situation } from "../../shared/registry/gate.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { challengerOf, forest, look, naive, period, rule, type Story, situation } from "../support/gate-story.ts";

describe("the rules of the gate", () => {
  const vs = { incumbent: 2, against: "old" };
  test.each<[string, Story, Situation, object, number?]>([
    [
      "a baseline is the first champion without a test",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(null),
      { kind: "promote", rule: "naive", look: null },
    ],
    [
      "a baseline on newer data replaces a baseline without a test",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(naive),
      { kind: "promote", rule: "naive", look: null },
    ],
    [
      "a first model that is better than the baseline serves",
      { challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first", periods: 60, pIncumbent: null, look: look(0, 59) },
    ],
    [
      "a first model that is not better than the baseline is rejected",
      { challenger: 2, naive: 2 },
      situation(null),
      { kind: "reject", rule: "first", look: look(0, 59) },
    ],
    [
      "a replacement that is better than baseline and champion serves",
      { challenger: 1, naive: 2, ...vs },
      situation(forest),
      { kind: "promote", rule: "replacement", look: look(0, 59) },
    ],
    [
      "a replacement that is better than the baseline only is rejected",
      { challenger: 1, naive: 2, ...vs, incumbent: 1 },
      situation(forest),
      { kind: "reject", rule: "replacement", look: look(0, 59) },
    ],
    [
      "a replacement that is better than the champion only is rejected",
      { challenger: 1, naive: 1, ...vs },
      situation(forest),
      { kind: "reject", rule: "replacement" },
    ],
    [
      "a baseline is only compared with a learned champion",
      { challenger: 1, naive: 1, ...vs, candidate: "naive" },
      situation(forest),
      { kind: "promote", rule: "replacement", pNaive: null },
    ],
    [
      "a baseline that is not better than a learned champion is rejected",
      { challenger: 2, naive: 2, ...vs, candidate: "naive" },
      situation(forest),
      { kind: "reject", rule: "replacement", pNaive: null },
    ],
    [
      "a learned model after a baseline is a replacement",
      { challenger: 1, naive: 2, ...vs },
      situation(naive),
      { kind: "promote", rule: "replacement" },
    ],
    [
      "periods that an earlier decision used are not used again",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, 29),
      { kind: "promote", periods: 30, look: look(30, 59) },
    ],
    [
      "with 29 unused periods the decision is held",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, 30),
      { kind: "hold", rule: "replacement", periods: 29, pNaive: null, pIncumbent: null, look: null },
    ],
    [
      "a first model needs 30 periods too",
      { periods: 29, challenger: 1, naive: 2 },
      situation(null),
      { kind: "hold", rule: "first" },
    ],
    [
      "a refresh as good as the champion serves",
      { challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "aaaa" },
      situation(forest),
      { kind: "promote", rule: "refresh", look: null },
    ],
    [
      "a refresh needs no unused periods",
      { challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "aaaa" },
      situation(forest, 59),
      { kind: "promote", rule: "refresh", look: null },
    ],
    [
      "a refresh that is worse is rejected",
      { challenger: 2, naive: 3, incumbent: 1, against: "old", recipe: "aaaa" },
      situation(forest),
      { kind: "reject", rule: "refresh", look: null },
    ],
    [
      "a refresh that is worse than the baseline is rejected",
      { challenger: 2, naive: 1, incumbent: 2, against: "old", recipe: "aaaa" },
      situation(forest),
      { kind: "reject", rule: "refresh" },
    ],
    [
      "a refresh without test periods since the champion was fitted serves",
      { challenger: 2, naive: 3, incumbent: 1, against: "old", recipe: "aaaa" },
      situation({ ...forest, publishedTo: period(59) }),
      { kind: "promote", rule: "refresh", pIncumbent: null },
    ],
    [
      "a version that was judged against another champion is held",
      { challenger: 1, naive: 2, incumbent: 2, against: "older" },
      situation(forest),
      { kind: "hold" },
    ],
    [
      "a version that was judged against a champion is held if there is none",
      { challenger: 1, naive: 2, incumbent: 2, against: "older" },
      situation(null),
      { kind: "hold" },
    ],
    [
      "a version that was judged without a champion is held if there is one",
      { challenger: 1, naive: 2 },
      situation(forest),
      { kind: "hold" },
    ],
    [
      "if the champion cannot be computed, the version is compared with the baseline alone",
      { challenger: 1, naive: 2, incumbent: null, against: "old" },
      situation(forest),
      {
        kind: "promote",
        pIncumbent: null,
        reason: expect.stringContaining("not compared with the champion old, which cannot be computed here"),
      },
    ],
    [
      "corrected data allows another look at the whole window at half the level",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, 59, true),
      { kind: "promote", periods: 60, look: look(0, 59, 1) },
    ],
    [
      "corrected data does not count if there are enough unused periods",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, 29, true),
      { kind: "promote", periods: 30, look: look(30, 59) },
    ],
    [
      "the rule of the forecast is used",
      { periods: 29, challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first" },
      29,
    ],
  ])("%s", (_, story, now, expected, periodsMin = 30) => {
    expect(decide(challengerOf(story), now, { ...rule, periodsMin })).toMatchObject(expected);
  });
});

test("reasons are sentences with the numbers and the next step", () => {
  const better = { challenger: 1, naive: 2, incumbent: 2, against: "old" };
  const reason = (story: Story, now: Situation) => decide(challengerOf(story), now, rule).reason;
  expect(reason(better, situation(forest))).toBe(
    "boosting beat the baseline (p < 0.001) and the champion old (p < 0.001) over 60 days (2026-01-01 to 2026-03-01).",
  );
  expect(reason({ ...better, incumbent: 1 }, situation(forest))).toMatch(
    /^boosting did not beat the champion old \(p = 0\.\d+\) beyond chance over 60 days \(.+\): p must be below 0\.01\. It beat the baseline \(p < 0\.001\)\.$/,
  );
  expect(reason(better, situation(forest, 58))).toBe(
    "Another recipe is tested on at least 30 days that no earlier test has used; the test window has 1 of 60. It can also be tested if the publisher corrects earlier data.",
  );
  expect(reason({ ...better, periods: 20 }, situation(forest))).toBe(
    "Another recipe is tested on at least 30 days that no earlier test has used; the test window has 20.",
  );
  expect(reason(better, situation(forest, 58, true))).toContain(
    "The level is 0.005, because an earlier test used the same days before data was corrected.",
  );
  expect(reason({ ...better, against: "older" }, situation(forest))).toBe(
    "The version was judged against older, but the champion is old. Judge it again against old with `almanac train FORECAST`.",
  );
  const imported = { ...challengerOf({ ...better, against: null }), forecast: "milk", lookKey: "new" };
  expect(decide(imported, situation(forest), rule).reason).toBe(
    "The version was judged against the baseline only, but the champion is old. Judge it again against old with `almanac import milk FILE --trained-to PERIOD`.",
  );
  expect(reason({ ...better, challenger: 2, incumbent: 1, recipe: "aaaa" }, situation(forest))).toBe(
    "The refresh is worse than the champion old beyond chance (p < 0.001) over 40 days (2026-01-21 to 2026-03-01) since the champion was fitted.",
  );
});

test("either base rate is a baseline of a classification: it needs no test, and the reason names it", () => {
  const noChampion = { incumbent: null, ...noLooks };
  for (const candidate of ["base-rate", "state-frequency"]) {
    const first = decide(challengerOf({ challenger: 2, naive: 2, candidate }), noChampion, rule);
    expect(first).toMatchObject({ kind: "promote", rule: "naive" });
    expect(first.reason).toContain(`the baseline (${candidate})`);
    const other = { version: "old", recipe: "aaaa", candidate: "base-rate", publishedTo: period(20) };
    const next = decide(challengerOf({ challenger: 2, naive: 2, candidate }), { incumbent: other, ...noLooks }, rule);
    expect(next).toMatchObject({ kind: "promote", rule: "naive" });
  }
  const learned = { challenger: 1, naive: 2, naiveCandidate: "state-frequency" };
  expect(decide(challengerOf(learned), noChampion, rule)).toMatchObject({
    kind: "promote",
    rule: "first",
    reason: expect.stringContaining("beat the baseline (state-frequency)"),
  });
});

test("a classification whose test window contains one class is held", () => {
  const noChampion = { incumbent: null, ...noLooks };
  const story = challengerOf({ challenger: 1, naive: 2, naiveCandidate: "state-frequency" });
  const { recipe } = story;
  const scores = { validationBrier: 0.05, brier: 0.001, logLoss: 0.02, balancedAccuracy: 1, threshold: 0.8 };
  const judgedWith = (auc: number | null) => {
    const classification = { ...scores, calibrationError: 0.02, auc };
    const contenders = [{ recipe: recipe.id, candidate: recipe.candidate, classification }];
    return decide({ ...story, judged: { ...story.judged, contenders } }, noChampion, rule);
  };
  expect(judgedWith(0.7).kind).toBe("promote");
  expect(judgedWith(null)).toMatchObject({
    kind: "hold",
    look: null,
    reason: expect.stringContaining("The test window contains one class, so it cannot rank models: 60 days"),
  });
});

test("the catalogue contains every baseline of the gate", () => {
  expect(candidates.map(({ id }) => id)).toEqual(expect.arrayContaining([...naiveCandidates]));
});

test("a recipe with an id by an earlier rule for fingerprints is a refresh", () => {
  const challenger = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "cccc" });
  const withEarlierId = { ...challenger, recipe: { ...challenger.recipe, ids: ["cccc", "aaaa"] } };
  const rules = [challenger, withEarlierId].map((version) => decide(version, situation(forest), rule).rule);
  expect(rules).toEqual(["replacement", "refresh"]);
});
