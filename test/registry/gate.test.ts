import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import type { PromotionRule } from "../../shared/forecasts/forecast.ts";
import {
  type Challenger,
  decide,
  type Incumbent,
  naiveCandidates,
  replacementPeriodsMin,
  type Situation,
  significance,
} from "../../shared/registry/gate.ts";
import { dieboldMariano } from "../../shared/stats/diebold-mariano.ts";

/** Returns the period of a day number. Periods ascend with it. */
const period = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
/** Returns varying losses around a level. */
const losses = (count: number, level: number) =>
  Array.from({ length: count }, (_, day) => level + ((day * 7) % 5) / 10 + (day % 3) / 20);

interface Story {
  readonly periods?: number;
  readonly challenger: number;
  readonly naive: number;
  readonly incumbent?: number | null;
  readonly against?: string | null;
  readonly candidate?: string;
  readonly naiveCandidate?: string;
  readonly recipe?: string;
}

function challengerOf(story: Story): Challenger {
  const {
    periods = 60,
    incumbent = null,
    against = null,
    candidate = "boosting",
    recipe = "bbbb",
    naiveCandidate: naive = "naive",
  } = story;
  // Reversed, so that the differences have a variance.
  const reversed = (level: number) => losses(periods, level).reverse();
  return {
    version: "new",
    recipe: { id: recipe, candidate },
    judged: {
      naive,
      incumbent: against,
      evidence: {
        periods: Array.from({ length: periods }, (_, day) => period(day)),
        rows: Array.from({ length: periods }, () => 10),
        horizon: 1,
        challenger: losses(periods, story.challenger),
        naive: reversed(story.naive),
        incumbent: incumbent === null ? null : reversed(incumbent),
      },
    },
  };
}

const forest: Incumbent = { version: "old", recipe: "aaaa", candidate: "forest", publishedTo: period(19) };
const naive: Incumbent = { ...forest, candidate: "naive" };
const situation = (incumbent: Incumbent | null, usedThrough: string | null = null): Situation => ({
  incumbent,
  usedThrough,
});

describe("the rules of the gate", () => {
  const vs = { incumbent: 2, against: "old" };
  test.each<[string, Story, Situation, object, PromotionRule?]>([
    [
      "a baseline is the first champion without a test",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(null),
      { kind: "promote", rule: "naive", usedThrough: null },
    ],
    [
      "a baseline on newer data replaces a baseline without a test",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(naive),
      { kind: "promote", rule: "naive", usedThrough: null },
    ],
    [
      "a first model that is better than the baseline serves",
      { challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first", periods: 60, pIncumbent: null, usedThrough: period(59) },
    ],
    [
      "a first model that is not better than the baseline is rejected",
      { challenger: 2, naive: 2 },
      situation(null),
      { kind: "reject", rule: "first", usedThrough: period(59) },
    ],
    [
      "a replacement that is better than baseline and champion serves",
      { challenger: 1, naive: 2, ...vs },
      situation(forest),
      { kind: "promote", rule: "replacement", usedThrough: period(59) },
    ],
    [
      "a replacement that is better than the baseline only is rejected",
      { challenger: 1, naive: 2, ...vs, incumbent: 1 },
      situation(forest),
      { kind: "reject", rule: "replacement", usedThrough: period(59) },
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
      situation(forest, period(29)),
      { kind: "promote", periods: 30, usedThrough: period(59) },
    ],
    [
      "with 29 unused periods the decision is held",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, period(30)),
      { kind: "hold", rule: "replacement", periods: 29, pNaive: null, pIncumbent: null, usedThrough: null },
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
      { kind: "promote", rule: "refresh", usedThrough: null },
    ],
    [
      "a refresh needs no unused periods",
      { challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "aaaa" },
      situation(forest, period(59)),
      { kind: "promote", rule: "refresh", usedThrough: null },
    ],
    [
      "a refresh that is worse is rejected",
      { challenger: 2, naive: 3, incumbent: 1, against: "old", recipe: "aaaa" },
      situation(forest),
      { kind: "reject", rule: "refresh", usedThrough: null },
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
      "a card without the losses of the champion is held",
      { challenger: 1, naive: 2, incumbent: null, against: "old" },
      situation(forest),
      { kind: "hold", reason: expect.stringContaining("has no losses of the champion old") },
    ],
    [
      "the rule of the forecast is used",
      { periods: 29, challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first" },
      { significance: 0.05, periodsMin: 29 },
    ],
  ])("%s", (_, story, now, expected, limits) => {
    expect(decide(challengerOf(story), now, limits)).toMatchObject(expected);
  });
});

test("reasons are sentences with the numbers and the next step", () => {
  const better = { challenger: 1, naive: 2, incumbent: 2, against: "old" };
  expect(decide(challengerOf(better), situation(forest)).reason).toBe(
    "Over 60 periods (2026-01-01 to 2026-03-01) the version is significantly better than the baseline (p < 0.001) and the champion old (p < 0.001).",
  );
  expect(decide(challengerOf({ ...better, incumbent: 1 }), situation(forest)).reason).toMatch(
    /^Over 60 periods \(.+\) the version is not significantly better than the champion old \(p = 0\.\d+\): p must be below 0\.05\. It is significantly better than the baseline \(p < 0\.001\)\.$/,
  );
  expect(decide(challengerOf(better), situation(forest, period(58))).reason).toBe(
    "The test window has 1 period after 2026-02-28, the last period that an earlier decision used. At least 30 are needed to judge another recipe.",
  );
  expect(decide(challengerOf({ ...better, against: "older" }), situation(forest)).reason).toBe(
    "The version was judged against older, but the champion is old. Judge it again against old.",
  );
  expect(
    decide(challengerOf({ ...better, challenger: 2, incumbent: 1, recipe: "aaaa" }), situation(forest)).reason,
  ).toBe(
    "The refresh is significantly worse than the champion old (p < 0.001) over 40 periods (2026-01-21 to 2026-03-01) since the champion was fitted.",
  );
});

test("either base rate is a baseline of a classification: it needs no test, and the reason names it", () => {
  const noChampion = { incumbent: null, usedThrough: null };
  for (const candidate of ["base-rate", "state-frequency"]) {
    const first = decide(challengerOf({ challenger: 2, naive: 2, candidate }), noChampion);
    expect(first).toMatchObject({ kind: "promote", rule: "naive" });
    expect(first.reason).toContain(`the baseline (${candidate})`);
    const other = { version: "old", recipe: "aaaa", candidate: "base-rate", publishedTo: period(20) };
    const next = decide(challengerOf({ challenger: 2, naive: 2, candidate }), { incumbent: other, usedThrough: null });
    expect(next).toMatchObject({ kind: "promote", rule: "naive" });
  }
  const learned = { challenger: 1, naive: 2, naiveCandidate: "state-frequency" };
  expect(decide(challengerOf(learned), noChampion)).toMatchObject({
    kind: "promote",
    rule: "first",
    reason: expect.stringContaining("significantly better than the baseline (state-frequency)"),
  });
});

test("a classification whose test window contains one class is held", () => {
  const noChampion = { incumbent: null, usedThrough: null };
  const story = challengerOf({ challenger: 1, naive: 2, naiveCandidate: "state-frequency" });
  const { recipe } = story;
  const scores = { validationBrier: 0.05, brier: 0.001, logLoss: 0.02, balancedAccuracy: 1, threshold: 0.8 };
  const judgedWith = (auc: number | null) => {
    const classification = { ...scores, calibrationError: 0.02, auc };
    const contenders = [{ recipe: recipe.id, candidate: recipe.candidate, classification }];
    return decide({ ...story, judged: { ...story.judged, contenders } }, noChampion);
  };
  expect(judgedWith(0.7).kind).toBe("promote");
  expect(judgedWith(null)).toMatchObject({
    kind: "hold",
    usedThrough: null,
    reason: expect.stringContaining("The test window contains one class, so it cannot rank models: 60 periods"),
  });
});

test("the catalogue contains every baseline of the gate", () => {
  expect(candidates.map(({ id }) => id)).toEqual(expect.arrayContaining([...naiveCandidates]));
});

const loss = fc.double({ min: 0, max: 10, noNaN: true });
/** Added to the losses of the rivals: without it, random losses would hardly ever promote. */
const handicap = fc.constantFrom(0, 0, 3, 20);
const evidence = fc.integer({ min: 1, max: 80 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    handicap,
    challenger: fc.array(loss, { minLength: count, maxLength: count }),
    naive: fc.array(loss, { minLength: count, maxLength: count }),
    incumbent: fc.array(loss, { minLength: count, maxLength: count }),
    horizon: fc.integer({ min: 1, max: 3 }),
    used: fc.option(fc.integer({ min: 0, max: count + 5 })),
    sameRecipe: fc.boolean(),
    publishedTo: fc.integer({ min: 0, max: count + 5 }),
  }),
);
type Drawn = typeof evidence extends fc.Arbitrary<infer T> ? T : never;

function judged(drawn: Drawn): readonly [Challenger, Situation] {
  const { count, challenger, horizon } = drawn;
  const naiveLosses = drawn.naive.map((loss) => loss + drawn.handicap);
  const incumbent = drawn.incumbent.map((loss) => loss + drawn.handicap);
  const periods = Array.from({ length: count }, (_, day) => period(day));
  return [
    {
      version: "new",
      recipe: { id: drawn.sameRecipe ? "aaaa" : "bbbb", candidate: "boosting" },
      judged: {
        naive: "naive",
        incumbent: "old",
        evidence: { periods, rows: periods.map(() => 1), horizon, challenger, naive: naiveLosses, incumbent },
      },
    },
    situation({ ...forest, publishedTo: period(drawn.publishedTo) }, drawn.used === null ? null : period(drawn.used)),
  ];
}

test("a replacement is promoted if and only if both tests on the unused periods are significant", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: false });
      const from = drawn.used === null ? 0 : drawn.used + 1;
      const p = (than: readonly number[]) =>
        dieboldMariano(
          drawn.challenger
            .slice(from)
            .map((loss, index) => (than.slice(from)[index] ?? Number.NaN) + drawn.handicap - loss),
          drawn.horizon,
        ).pValue;
      const enough = drawn.count - from >= replacementPeriodsMin;
      const wins = enough && p(drawn.naive) < significance && p(drawn.incumbent) < significance;
      expect(decide(challenger, now).kind).toBe(enough ? (wins ? "promote" : "reject") : "hold");
    }),
  );
});

test("the next replacement cannot use the periods of an earlier one", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: false });
      const first = decide(challenger, now);
      fc.pre(first.usedThrough !== null);
      expect(decide(challenger, { ...now, usedThrough: first.usedThrough })).toMatchObject({
        kind: "hold",
        periods: 0,
      });
    }),
  );
});

test("a recipe with an id by an earlier rule for fingerprints is a refresh", () => {
  const challenger = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "cccc" });
  const withEarlierId = { ...challenger, recipe: { ...challenger.recipe, ids: ["cccc", "aaaa"] } };
  const rules = [challenger, withEarlierId].map((version) => decide(version, situation(forest)).rule);
  expect(rules).toEqual(["replacement", "refresh"]);
});

test("a refresh never uses periods up, is never held, and ignores the periods before the champion's fit", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: true });
      const verdict = decide(challenger, now);
      expect(verdict.usedThrough).toBeNull();
      expect(verdict.kind).not.toBe("hold");
      const changedBefore = drawn.incumbent.map((loss, day) => (day <= drawn.publishedTo ? 0 : loss));
      const [same] = judged({ ...drawn, sameRecipe: true, incumbent: changedBefore });
      expect(decide(same, now)).toEqual(verdict);
    }),
  );
});
