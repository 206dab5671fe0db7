import { expect, test } from "vitest";
import {
  confidenceSequence,
  leadingBlockMeans,
  overlappingSequence,
  sequenceValuesMin,
} from "../../shared/stats/confidence-sequence.ts";
import golden from "../golden/confidence-sequence.json" with { type: "json" };
import { seededNormal, seededRandom } from "../support/chance.ts";

test("intervals equal those of the formula in Python, after several numbers of values", () => {
  for (const { values, intervals } of golden.cases) {
    for (const [count, [low = 0, high = 0]] of Object.entries(intervals)) {
      const found = confidenceSequence(values.slice(0, Number(count)));
      expect(found?.low).toBeCloseTo(low, 10);
      expect(found?.high).toBeCloseTo(high, 10);
    }
  }
});

test("fewer than 30 values have no interval, and values without a spread have one of width 0", () => {
  expect(confidenceSequence(new Float64Array(sequenceValuesMin - 1))).toBeNull();
  expect(confidenceSequence(new Float64Array(sequenceValuesMin))).toEqual({ low: 0, high: 0 });
});

test("means of leading blocks do not change with later values", () => {
  expect(leadingBlockMeans([1, 3, 5, 7, 9], 2)).toEqual([2, 6]);
  expect(leadingBlockMeans([1, 3, 5, 7, 9, 11], 2)).toEqual([2, 6, 10]);
  expect(leadingBlockMeans([1], 2)).toEqual([]);
});

/** Returns the share of runs in which an interval excludes 0 at any time of 420 publications, and the same for a plain interval. */
function everExcluding(draws: number, noise: () => number[], size: number) {
  let [sequence, plain] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const values = noise();
    const blocks = leadingBlockMeans(values, size);
    // Every fifth look: a look at each publication takes five times as long and finds hardly more.
    const times = Array.from({ length: blocks.length }, (_, i) => i + 1).filter(
      (n) => n >= sequenceValuesMin && n % 5 === 0,
    );
    const found = times.map((count) => overlappingSequence(values.slice(0, count * size), size));
    if (found.some((one) => one !== null && (one.low > 0 || one.high < 0))) sequence++;
    if (times.some((count) => Math.abs(plainT(blocks.slice(0, count))) > 1.96)) plain++;
  }
  return { sequence: sequence / draws, plain: plain / draws };
}

function plainT(values: readonly number[]): number {
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return center / Math.sqrt(squares / (values.length - 1) / values.length);
}

const publications = 420;

test.each([
  ["independent losses", 1],
  ["losses that overlap over 3 periods", 3],
  ["losses that overlap over 6 periods", 6],
])("without skill it excludes 0 in at most 5 percent of runs at any time: %s", (_, horizon) => {
  const random = seededRandom(20261130);
  const noise = () => {
    const shocks = Array.from({ length: publications + horizon }, () => {
      // Losses have outliers: one publication in ten moves five times as much.
      return seededNormal(random) * (random() < 0.1 ? 5 : 1);
    });
    return Array.from({ length: publications }, (_, t) =>
      shocks.slice(t, t + horizon).reduce((sum, shock) => sum + shock, 0),
    );
  };
  const { sequence, plain } = everExcluding(200, noise, horizon);
  expect(sequence).toBeLessThanOrEqual(0.05);
  // The simulation can find a fault: a plain interval of 95 % excludes 0 far more often.
  expect(plain).toBeGreaterThan(0.15);
});

test("with skill it excludes 0 in the end", () => {
  const random = seededRandom(7);
  const values = Array.from({ length: publications }, () => 0.3 + seededNormal(random));
  expect(confidenceSequence(values)?.low).toBeGreaterThan(0);
});
