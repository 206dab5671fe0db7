import { expect, test } from "vitest";
import { randomBitsOf } from "../../shared/models/random.ts";
import { testField } from "../../shared/registry/field.ts";
import { dieboldMariano } from "../../shared/stats/diebold-mariano.ts";
import { jointSignFlips } from "../../shared/stats/joint-sign-flips.ts";

const entry = (recipe: string, losses: number[]) =>
  ({ name: recipe, candidate: recipe, recipe, aheadBy: "error", losses }) as const;
const wave = (phase: number, level: number) =>
  Array.from({ length: 24 }, (_, period) => level + Math.sin(period * phase) / 2);

const naive = wave(1, 2);
const incumbent = wave(2, 1.9);
const field = [entry("a", wave(3, 1)), entry("b", wave(4, 1.8))];
const joint = (opponent: readonly number[]) =>
  jointSignFlips(
    field.map(({ losses }) => losses.map((loss, period) => (opponent[period] ?? 0) - loss)),
    { randomBits: randomBitsOf(1) },
  );

test("the larger p of both opponents counts, each corrected for all contenders", () => {
  const tests = testField({ naive, incumbent, horizon: 1, baseline: "naive" }, field);
  const [ofNaive, ofIncumbent] = [joint(naive), joint(incumbent)];
  for (const [number, { pNaive, pIncumbent, p }] of tests.entries()) {
    expect([pNaive, pIncumbent]).toEqual([ofNaive[number], ofIncumbent[number]]);
    expect(p).toBe(Math.max(pNaive ?? 0, pIncumbent ?? 0));
  }
  expect(
    testField({ naive, incumbent: null, horizon: 1, baseline: "naive" }, field).map(({ pIncumbent }) => pIncumbent),
  ).toEqual([null, null]);
});

test("the baseline itself is compared with the champion only", () => {
  const [own] = testField({ naive, incumbent: wave(2, 3), horizon: 1, baseline: "naive" }, [entry("naive", naive)]);
  expect(own).toMatchObject({ pNaive: null, p: own?.pIncumbent });
  expect(own?.p).toBeLessThan(0.001);
});

test("a champion that is the baseline is one opponent", () => {
  const tests = testField({ naive, incumbent: naive, horizon: 1, baseline: "naive" }, field);
  for (const { pNaive, pIncumbent } of tests) expect(pIncumbent).toBe(pNaive);
});

test("forecasts several periods ahead are compared by the means of blocks", () => {
  const [found] = testField({ naive, incumbent: null, horizon: 2, baseline: "naive" }, field.slice(0, 1));
  const differences = naive.map((loss, period) => loss - (field[0]?.losses[period] ?? 0));
  const blocksOf = (size: number) =>
    Array.from({ length: 24 / size }, (_, block) => {
      const part = differences.slice(size * block, size * (block + 1));
      return part.reduce((sum, value) => sum + value, 0) / size;
    });
  expect(found?.p).toBe(jointSignFlips([blocksOf(2)], { randomBits: randomBitsOf(1) })[0]);
  const [few] = testField({ naive, incumbent: null, horizon: 3, baseline: "naive" }, field.slice(0, 1));
  expect(few?.p).toBeCloseTo(dieboldMariano(blocksOf(3)).pValue, 12);
  const [tooFew] = testField({ naive, incumbent: null, horizon: 5, baseline: "naive" }, field.slice(0, 1));
  expect(tooFew?.p).toBe(1);
});
