import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { candidates } from "../../shared/candidates/index.ts";
import { randomBitsOf } from "../../shared/models/random.ts";
import {
  type Challenger,
  decide,
  type Incumbent,
  naiveCandidates,
  type Situation,
} from "../../shared/registry/gate.ts";
import { type Look, noLooks, promotionLevel } from "../../shared/registry/look.ts";
import { jointSignFlips } from "../../shared/stats/joint-sign-flips.ts";

const rule = { periodsMin: 30, noun: "day" };
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
    lookKey: "run",
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
/** Returns the look of another training at the first `days` periods. */
const lookTo = (days: number): Look => ({ key: "other", from: period(0), to: period(days), halvings: 0 });
const situation = (incumbent: Incumbent | null, usedTo: number | null = null, dataChanged = false): Situation => ({
  incumbent,
  looks: usedTo === null ? [] : [lookTo(usedTo)],
  dataChanged,
});
/** Returns the look that the decision records. */
const look = (from: number, to: number, halvings = 0) => ({ key: "run", from: period(from), to: period(to), halvings });

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

test("a version is decided again on the look of its own training, with the same periods and level", () => {
  const story = challengerOf({ challenger: 1, naive: 2 });
  const own = { key: "run", from: period(10), to: period(49), halvings: 2 };
  const later = { key: "later", from: period(0), to: period(59), halvings: 0 };
  expect(decide(story, { incumbent: null, looks: [own, later], dataChanged: false }, rule)).toMatchObject({
    kind: "promote",
    periods: 40,
    look: own,
  });
});

test("every version of a training records its look, also a baseline and a refresh", () => {
  const made = { from: period(0), to: period(59), halvings: 1 };
  const baseline = challengerOf({ challenger: 2, naive: 2, candidate: "naive" });
  const refreshed = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "aaaa" });
  for (const [version, incumbent] of [
    [baseline, null],
    [baseline, naive],
    [refreshed, forest],
    [challengerOf({ challenger: 1, naive: 2, against: "older" }), forest],
  ] as const) {
    const judged = { ...version.judged, look: made };
    expect(decide({ ...version, judged }, situation(incumbent), rule).look).toEqual({ key: "run", ...made });
  }
});

test("p is corrected for all contenders of the look", () => {
  const story = challengerOf({ challenger: 1.85, naive: 2 });
  const { evidence } = story.judged;
  const entry = (recipe: string, losses: readonly number[]) => ({
    name: recipe,
    candidate: recipe,
    recipe,
    aheadBy: "error" as const,
    losses: [...losses],
  });
  const others = Array.from({ length: 9 }, (_, number) =>
    entry(
      `other ${number}`,
      evidence.naive.map((loss, day) => loss + ((day * (number + 3)) % 11) / 10 - 0.5),
    ),
  );
  const field = [...others, entry("bbbb", evidence.challenger)];
  const alone = decide(story, situation(null), rule);
  const together = decide({ ...story, judged: { ...story.judged, field } }, situation(null), rule);
  expect(together.pNaive).toBeGreaterThan(alone.pNaive ?? 1);
  expect(together.reason).toContain("p is corrected for the 10 contenders that were tested.");
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
    "The version was judged against older, but the champion is old. Judge it again against old.",
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
      lookKey: "run",
      recipe: { id: drawn.sameRecipe ? "aaaa" : "bbbb", candidate: "boosting" },
      judged: {
        naive: "naive",
        incumbent: "old",
        evidence: { periods, rows: periods.map(() => 1), horizon, challenger, naive: naiveLosses, incumbent },
      },
    },
    situation({ ...forest, publishedTo: period(drawn.publishedTo) }, drawn.used),
  ];
}

test("a replacement is promoted if and only if both p-values on the unused periods are below the level", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, horizon: 1, sameRecipe: false });
      const from = drawn.used === null ? 0 : drawn.used + 1;
      const p = (than: readonly number[]) => {
        const differences = drawn.challenger.map((loss, day) => (than[day] ?? Number.NaN) + drawn.handicap - loss);
        return jointSignFlips([differences.slice(from)], { randomBits: randomBitsOf(1) })[0] ?? 1;
      };
      const enough = drawn.count - from >= rule.periodsMin;
      const wins = enough && p(drawn.naive) < promotionLevel && p(drawn.incumbent) < promotionLevel;
      expect(decide(challenger, now, rule).kind).toBe(enough ? (wins ? "promote" : "reject") : "hold");
    }),
    { numRuns: 25 },
  );
});

test("the next replacement cannot use the periods of an earlier one", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: false });
      const first = decide(challenger, now, rule);
      fc.pre(first.look !== null);
      const looks = first.look === null ? [] : [...now.looks, { ...first.look, key: "another run" }];
      expect(decide(challenger, { ...now, looks }, rule)).toMatchObject({ kind: "hold", periods: 0, look: null });
    }),
    { numRuns: 25 },
  );
});

test("a recipe with an id by an earlier rule for fingerprints is a refresh", () => {
  const challenger = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "cccc" });
  const withEarlierId = { ...challenger, recipe: { ...challenger.recipe, ids: ["cccc", "aaaa"] } };
  const rules = [challenger, withEarlierId].map((version) => decide(version, situation(forest), rule).rule);
  expect(rules).toEqual(["replacement", "refresh"]);
});

test("a refresh never uses periods up, is never held, and ignores the periods before the champion's fit", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: true });
      const verdict = decide(challenger, now, rule);
      expect(verdict.look).toBeNull();
      expect(verdict.kind).not.toBe("hold");
      const changedBefore = drawn.incumbent.map((loss, day) => (day <= drawn.publishedTo ? 0 : loss));
      const [same] = judged({ ...drawn, sameRecipe: true, incumbent: changedBefore });
      expect(decide(same, now, rule)).toEqual(verdict);
    }),
  );
});
