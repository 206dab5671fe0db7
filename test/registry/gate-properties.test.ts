/** Properties of the gate for random losses. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { randomBitsOf } from "../../shared/models/random.ts";
import { type Challenger, decide, type Situation } from "../../shared/registry/gate.ts";
import { promotionLevel } from "../../shared/registry/look.ts";
import { jointSignFlips } from "../../shared/stats/joint-sign-flips.ts";
import { forest, period, rule, situation } from "../support/gate-story.ts";

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
