import fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom, randomBitsOf } from "../../shared/models/random.ts";
import { jointSignFlips, signFlipDraws } from "../../shared/stats/joint-sign-flips.ts";
import { mean } from "../../shared/stats/mean.ts";
import golden from "../golden/joint-sign-flips.json" with { type: "json" };

test("p-values equal those of numpy and scipy, with all flips of a small window and with drawn flips", () => {
  expect(golden.draws).toBe(signFlipDraws);
  for (const { differences, seed, pValues } of golden.cases) {
    const found = jointSignFlips(differences, { randomBits: randomBitsOf(seed ?? 1) });
    expect(found.length).toBe(pValues.length);
    for (const [contender, p] of pValues.entries()) expect(found[contender]).toBeCloseTo(p, 12);
  }
});

const windows = fc
  .record({ contenders: fc.integer({ min: 1, max: 4 }), periods: fc.integer({ min: 2, max: 9 }) })
  .chain(({ contenders, periods }) => {
    const row = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: periods, maxLength: periods });
    return fc.array(row, { minLength: contenders, maxLength: contenders });
  });

/** Computes t as a textbook does; null for differences that are all 0. */
function textbookT(values: readonly number[]): number | null {
  if (values.every((value) => value === 0)) return null;
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  const deviation = Math.sqrt(squares / (values.length - 1));
  return deviation < 1e-9 ? Math.sign(center) * Number.MAX_VALUE : (center / deviation) * Math.sqrt(values.length);
}

test("a small window gives the share of all flips in which the largest t reaches the contender's own", () => {
  fc.assert(
    fc.property(windows, (differences) => {
      const periods = differences[0]?.length ?? 0;
      const largest = Array.from({ length: 2 ** periods }, (_, flip) => {
        const flipped = differences.map((row) => row.map((value, at) => ((flip >> at) & 1 ? -value : value)));
        return Math.max(...flipped.map((row) => textbookT(row) ?? Number.NEGATIVE_INFINITY));
      });
      const expected = differences.map((row) => {
        const t = textbookT(row);
        return t === null ? 1 : largest.filter((other) => other >= t - 1e-9 * Math.abs(t)).length / largest.length;
      });
      const found = jointSignFlips(differences, { randomBits: randomBitsOf(1) });
      for (const [contender, p] of expected.entries()) expect(found[contender]).toBeCloseTo(p, 12);
    }),
    { numRuns: 60 },
  );
});

test("more contenders never lower a p-value, and the same seed gives the same p-values", () => {
  const random = createRandom(3);
  const row = () => Float64Array.from({ length: 40 }, () => random.uniform() - 0.4);
  const [first, second, third] = [row(), row(), row()];
  const options = () => ({ randomBits: randomBitsOf(5), draws: 2_000 });
  const [alone = 0] = jointSignFlips([first], options());
  const together = jointSignFlips([first, second, third], options());
  expect(together[0]).toBeGreaterThanOrEqual(alone);
  expect(jointSignFlips([first, second, third], options())).toEqual(together);
});

test("an empty window and equal losses are no evidence, and losses of any size are compared", () => {
  expect(jointSignFlips([], { randomBits: randomBitsOf(1) })).toEqual([]);
  expect(jointSignFlips([[], []], { randomBits: randomBitsOf(1) })).toEqual([1, 1]);
  expect(jointSignFlips([[0, 0, 0]], { randomBits: randomBitsOf(1) })).toEqual([1]);
  expect(jointSignFlips([[1, 1, 1]], { randomBits: randomBitsOf(1) })).toEqual([1 / 8]);
  expect(jointSignFlips([[1e-200, 2e-200, 3e-200]], { randomBits: randomBitsOf(1) })).toEqual([1 / 8]);
  expect(() => jointSignFlips([[1, 2], [1]], { randomBits: randomBitsOf(1) })).toThrow(
    "expected 2 periods for every contender, found 1",
  );
});
