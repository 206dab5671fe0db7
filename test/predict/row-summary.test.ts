import { describe, expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import { distributionsOfRows } from "../../shared/predict/distribution-of-row.ts";
import { probabilityAbove, summaryOf } from "../../shared/predict/row-summary.ts";

const options = { last: 2350, decimals: 2, point: null };
const mostly = (same: number) => distributionOf([2325, 2350, 2375], [(1 - same) / 2, same, (1 - same) / 2]);

describe("an interval", () => {
  test("has no width only if the value stays with at least its probability, and a note states that probability", () => {
    const { intervals, note } = summaryOf(mostly(0.84), options);
    expect(intervals.map(({ name }) => name)).toEqual(["interval50", "interval80", "interval90", "interval95"]);
    expect(intervals.map(({ ends }) => ends)).toEqual([
      [23.5, 23.5],
      [23.5, 23.5],
      [23.25, 23.75],
      [23.25, 23.75],
    ]);
    expect(note).toBe("interval50, interval80 have no width: the value stays the same with a probability of 0.8398");
  });

  test("has a width if another value than the last is the only one", () => {
    const { intervals, note, median } = summaryOf(distributionOf([2400], [1]), options);
    expect(intervals.every(({ ends: [low, high] }) => low === 23.99 && high === 24.01)).toBe(true);
    expect([median, note]).toEqual([24, null]);
  });

  test("contains the intervals of lower levels, and its ends are quantiles", () => {
    const values = Array.from({ length: 40 }, (_, i) => 2300 + i * 3);
    const { intervals, quantiles } = summaryOf(distributionOf(values, values), options);
    expect(intervals.map(({ ends }) => ends)).toEqual([3, 2, 1, 0].map((at) => [quantiles[at], quantiles[8 - at]]));
    expect([...quantiles].sort((a, b) => a - b)).toEqual(quantiles);
  });
});

test("probabilities are above 0 and below 1, and their sum is 1, also for a value that never changed", () => {
  const { probabilities } = summaryOf(distributionOf([2350], [1]), options);
  expect(probabilities).toEqual({ down: 0.0001, same: 0.9998, up: 0.0001 });
});

describe("the probability of a value above another", () => {
  const summary = summaryOf(mostly(0.5), options);
  test("is strict: a value does not lie above itself, also if its product with 100 is not a whole number", () => {
    expect(probabilityAbove(summary, 23.5, 2)).toBe(summary.probabilities?.up);
    expect(probabilityAbove(summary, 23.4999, 2)).toBeCloseTo(0.75, 3);
    const odd = summaryOf(distributionOf([435], [1]), options);
    expect(4.35 * 100).toBeLessThan(435);
    expect(probabilityAbove(odd, 4.35, 2)).toBe(0.0001);
  });

  test("is never 0 or 1", () => {
    expect([0, 1e6].map((value) => probabilityAbove(summary, value, 2))).toEqual([0.9998, 0.0001]);
  });
});

test("a distribution that is known by its intervals only has the point prediction as its mean, and no probabilities", () => {
  const { mean, median, probabilities } = summaryOf(mostly(0.5), { ...options, point: 23.5125 });
  expect([mean, median, probabilities]).toEqual([23.5125, 23.5, null]);
});

describe("a row has no distribution", () => {
  const changes = distributionsOfRows({ kind: "changes", positive: true }, 2);
  const scaled = distributionsOfRows({ kind: "location-scale", positive: true, scaledBy: "spread", shape: [-1, 1] }, 2);
  const row = { last: 23.5, prediction: 23.6, scale: 1, changes: [0.25, 0], masses: [0.5, 0.5], periodsAhead: 1 };
  test.each([
    ["the last value is missing", changes({ ...row, last: Number.NaN })],
    ["the model returned no sizes of the next change", changes({ ...row, masses: [Number.NaN, 1] })],
    ["the model returned no sizes of the next change", changes({ ...row, masses: [0, 0] })],
    ["the model returned no sizes of the next change", changes({ ...row, changes: null })],
    ["the model returned no prediction", scaled({ ...row, prediction: Number.NaN })],
    ["the feature spread is missing", scaled({ ...row, scale: Number.NaN })],
  ])("because %s", (reason, result) => {
    expect(result).toEqual({ ok: false, error: reason });
  });

  test("but a mass slightly below 0, from a difference of float32 numbers, counts as 0", () => {
    const result = changes({ ...row, masses: [-1e-9, 0.5] });
    expect(result.ok && [...result.value.values]).toEqual([2350]);
  });
});
