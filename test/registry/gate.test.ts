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

/** Day number → period, ascending. */
const period = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
/** Losses around a level, never constant. */
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
  // Two independent wiggles, so that differences have a variance.
  const wiggle = (level: number) => losses(periods, level).reverse();
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
        naive: wiggle(story.naive),
        incumbent: incumbent === null ? null : wiggle(incumbent),
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

describe("the rules, case by case", () => {
  const vs = { incumbent: 2, against: "old" };
  test.each<[string, Story, Situation, object, PromotionRule?]>([
    [
      "naive is the first without a test",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(null),
      { kind: "promote", rule: "naive", usedThrough: null },
    ],
    [
      "naive on newer data follows naive",
      { challenger: 9, naive: 9, candidate: "naive" },
      situation(naive),
      { kind: "promote", rule: "naive", usedThrough: null },
    ],
    [
      "a first model that beats naive serves",
      { challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first", periods: 60, pIncumbent: null, usedThrough: period(59) },
    ],
    [
      "a first model that does not beat naive is rejected",
      { challenger: 2, naive: 2 },
      situation(null),
      { kind: "reject", rule: "first", usedThrough: period(59) },
    ],
    [
      "a replacement that beats both serves",
      { challenger: 1, naive: 2, ...vs },
      situation(forest),
      { kind: "promote", rule: "replacement", usedThrough: period(59) },
    ],
    [
      "a replacement that beats naive alone is rejected",
      { challenger: 1, naive: 2, ...vs, incumbent: 1 },
      situation(forest),
      { kind: "reject", rule: "replacement", usedThrough: period(59) },
    ],
    [
      "a replacement that beats the incumbent alone is rejected",
      { challenger: 1, naive: 1, ...vs },
      situation(forest),
      { kind: "reject", rule: "replacement" },
    ],
    [
      "naive must beat a learned incumbent, and that alone",
      { challenger: 1, naive: 1, ...vs, candidate: "naive" },
      situation(forest),
      { kind: "promote", rule: "replacement", pNaive: null },
    ],
    [
      "naive that does not beat a learned incumbent is rejected",
      { challenger: 2, naive: 2, ...vs, candidate: "naive" },
      situation(forest),
      { kind: "reject", rule: "replacement", pNaive: null },
    ],
    [
      "a model is a replacement of naive",
      { challenger: 1, naive: 2, ...vs },
      situation(naive),
      { kind: "promote", rule: "replacement" },
    ],
    [
      "periods that an earlier gate used do not count",
      { challenger: 1, naive: 2, ...vs },
      situation(forest, period(29)),
      { kind: "promote", periods: 30, usedThrough: period(59) },
    ],
    [
      "with 29 unused periods nothing is looked at",
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
      "a refresh as good as the incumbent serves",
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
      "a refresh that naive beats is rejected",
      { challenger: 2, naive: 1, incumbent: 2, against: "old", recipe: "aaaa" },
      situation(forest),
      { kind: "reject", rule: "refresh" },
    ],
    [
      "a refresh without a period since the fit serves",
      { challenger: 2, naive: 3, incumbent: 1, against: "old", recipe: "aaaa" },
      situation({ ...forest, publishedTo: period(59) }),
      { kind: "promote", rule: "refresh", pIncumbent: null },
    ],
    [
      "what was judged against another model is held",
      { challenger: 1, naive: 2, incumbent: 2, against: "older" },
      situation(forest),
      { kind: "hold" },
    ],
    [
      "what was judged against a model is held where none serves",
      { challenger: 1, naive: 2, incumbent: 2, against: "older" },
      situation(null),
      { kind: "hold" },
    ],
    [
      "what was judged before anything served is held",
      { challenger: 1, naive: 2 },
      situation(forest),
      { kind: "hold" },
    ],
    [
      "what claims a rival without its losses is held",
      { challenger: 1, naive: 2, incumbent: null, against: "old" },
      situation(forest),
      { kind: "hold", reason: expect.stringContaining("holds no losses of old") },
    ],
    [
      "a forecast's own rule counts",
      { periods: 29, challenger: 1, naive: 2 },
      situation(null),
      { kind: "promote", rule: "first" },
      { significance: 0.05, periodsMin: 29 },
    ],
  ])("%s", (_, story, now, expected, limits) => {
    expect(decide(challengerOf(story), now, limits)).toMatchObject(expected);
  });
});

test("reasons are sentences with the numbers and what to do", () => {
  const better = { challenger: 1, naive: 2, incumbent: 2, against: "old" };
  expect(decide(challengerOf(better), situation(forest)).reason).toBe(
    "Over 60 periods (2026-01-01 to 2026-03-01) it beats the naive forecast (p < 0.001) and the incumbent old (p < 0.001) beyond chance.",
  );
  expect(decide(challengerOf({ ...better, incumbent: 1 }), situation(forest)).reason).toMatch(
    /^Over 60 periods \(.+\) it does not beat the incumbent old \(p = 0\.\d+\) beyond chance: p below 0\.05 is needed\. It does beat the naive forecast \(p < 0\.001\)\.$/,
  );
  expect(decide(challengerOf(better), situation(forest, period(58))).reason).toBe(
    "1 period counts after 2026-02-28, where an earlier gate stopped looking: at least 30 are needed before another recipe is judged.",
  );
  expect(decide(challengerOf({ ...better, against: "older" }), situation(forest)).reason).toBe(
    "It was judged against older, but old serves now: judge it again against old.",
  );
  expect(
    decide(challengerOf({ ...better, challenger: 2, incumbent: 1, recipe: "aaaa" }), situation(forest)).reason,
  ).toBe(
    "The same recipe on newer data is worse than the incumbent old beyond chance (p < 0.001) over 40 periods (2026-01-21 to 2026-03-01) since that was fitted.",
  );
});

test("of a classification either base rate is naive: it needs no proof, and the words say which one was held against", () => {
  const nobody = { incumbent: null, usedThrough: null };
  for (const candidate of ["base-rate", "state-frequency"]) {
    const first = decide(challengerOf({ challenger: 2, naive: 2, candidate }), nobody);
    expect(first).toMatchObject({ kind: "promote", rule: "naive" });
    expect(first.reason).toContain(`the naive forecast (${candidate})`);
    const other = { version: "old", recipe: "aaaa", candidate: "base-rate", publishedTo: period(20) };
    const next = decide(challengerOf({ challenger: 2, naive: 2, candidate }), { incumbent: other, usedThrough: null });
    expect(next).toMatchObject({ kind: "promote", rule: "naive" });
  }
  const learned = { challenger: 1, naive: 2, naiveCandidate: "state-frequency" };
  expect(decide(challengerOf(learned), nobody)).toMatchObject({
    kind: "promote",
    rule: "first",
    reason: expect.stringContaining("it beats the naive forecast (state-frequency)"),
  });
});

test("of a classification that saw one class alone nothing is decided, however much nearer it was", () => {
  const nobody = { incumbent: null, usedThrough: null };
  const story = challengerOf({ challenger: 1, naive: 2, naiveCandidate: "state-frequency" });
  const { recipe } = story;
  const scores = { validationBrier: 0.05, brier: 0.001, logLoss: 0.02, balancedAccuracy: 1, threshold: 0.8 };
  const judgedWith = (auc: number | null) => {
    const classification = { ...scores, calibrationError: 0.02, auc };
    const contenders = [{ recipe: recipe.id, candidate: recipe.candidate, classification }];
    return decide({ ...story, judged: { ...story.judged, contenders } }, nobody);
  };
  expect(judgedWith(0.7).kind).toBe("promote");
  expect(judgedWith(null)).toMatchObject({
    kind: "hold",
    usedThrough: null,
    reason: expect.stringContaining("Only one class came in its test window (60 periods"),
  });
});

test("the gate's naive is the catalogue's naive", () => {
  expect(candidates.map(({ id }) => id)).toEqual(expect.arrayContaining([...naiveCandidates]));
});

const loss = fc.double({ min: 0, max: 10, noNaN: true });
/** How much worse everyone else is: without it, chance alone would hardly ever promote. */
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

test("a replacement is promoted exactly when both tests on the unused periods say so", () => {
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

test("a gate that used periods leaves none of them to the next replacement", () => {
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

test("a recipe that was registered by an earlier rule for fingerprints is the same recipe: a refresh", () => {
  const challenger = challengerOf({ challenger: 1, naive: 2, incumbent: 1, against: "old", recipe: "cccc" });
  const known = { ...challenger, recipe: { ...challenger.recipe, ids: ["cccc", "aaaa"] } };
  const rules = [challenger, known].map((one) => decide(one, situation(forest)).rule);
  expect(rules).toEqual(["replacement", "refresh"]);
});

test("a refresh never uses periods up, is never held, and the periods before the incumbent's fit do not speak against it", () => {
  fc.assert(
    fc.property(evidence, (drawn) => {
      const [challenger, now] = judged({ ...drawn, sameRecipe: true });
      const verdict = decide(challenger, now);
      expect(verdict.usedThrough).toBeNull();
      expect(verdict.kind).not.toBe("hold");
      const spoiled = drawn.incumbent.map((loss, day) => (day <= drawn.publishedTo ? 0 : loss));
      const [same] = judged({ ...drawn, sameRecipe: true, incumbent: spoiled });
      expect(decide(same, now)).toEqual(verdict);
    }),
  );
});
