import { expect, test } from "vitest";
import { crps } from "../../shared/distributions/crps.ts";
import { type Distribution, distributionOf } from "../../shared/distributions/distribution.ts";
import { expectedValueOf } from "../../shared/distributions/summary.ts";
import { storedDistribution } from "../../shared/track-record/stored-distribution.ts";

/** A distribution of many values with an atom at 0, as of the changes of a price over several publications. */
function changes(count: number, atom: number): Distribution {
  const values = Array.from({ length: count }, (_, i) => (i - Math.floor(count / 2)) * 5);
  return distributionOf(
    values,
    values.map((value) => (value === 0 ? atom : Math.exp(-Math.abs(value) / 80))),
  );
}

test("a distribution of at most 201 values keeps its values and its probabilities in float32", () => {
  const small = changes(201, 10);
  const stored = storedDistribution(small);
  expect(stored.values).toEqual(small.values);
  stored.masses.forEach((mass, i) => {
    expect(mass).toBeCloseTo(small.masses[i] ?? 0, 6);
  });
  expect(storedDistribution(stored)).toEqual(stored);
});

test.each([
  ["a large atom", 400],
  ["no large atom", 1],
])("a larger distribution with %s is reduced, and its CRPS changes by less than 1 %%", (_, atom) => {
  const large = changes(1501, atom);
  const stored = storedDistribution(large);
  expect(stored.values.length).toBeLessThanOrEqual(400);
  expect(stored.values.every(Number.isInteger)).toBe(true);
  expect(Math.abs(expectedValueOf(stored) - expectedValueOf(large))).toBeLessThan(0.5);
  for (const outcome of [-2000, -300, -40, -5, 0, 5, 35, 500]) {
    expect(Math.abs(crps(stored, outcome) / crps(large, outcome) - 1)).toBeLessThan(0.01);
  }
});
