import { expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import { withChances } from "../../shared/distributions/with-chances.ts";

const own = distributionOf([8, 9, 10, 12], [0.1, 0.1, 0.6, 0.2]);

test("the parts below, at and above the last value have the given probabilities, and the sizes keep their ratios", () => {
  const { values, masses } = withChances(own, 10, { down: 0.5, same: 0.4, up: 0.1 });
  expect([...values]).toEqual([8, 9, 10, 12]);
  for (const [i, mass] of [0.25, 0.25, 0.4, 0.1].entries()) expect(masses[i]).toBeCloseTo(mass, 12);
});

test("a side without values gives its probability to the others", () => {
  const { values, masses } = withChances(distributionOf([9, 10], [1, 1]), 10, { down: 0.2, same: 0.6, up: 0.2 });
  expect([...values]).toEqual([9, 10]);
  expect(masses[0]).toBeCloseTo(0.25, 12);
});

test("the last value is one of the values, also if it never stayed before", () => {
  const { values, masses } = withChances(distributionOf([8, 12], [1, 1]), 10, { down: 0.3, same: 0.4, up: 0.3 });
  expect([...values]).toEqual([8, 10, 12]);
  expect(masses[1]).toBeCloseTo(0.4, 12);
});
