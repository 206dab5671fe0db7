import fc from "fast-check";
import { expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import { expectedValueOf } from "../../shared/distributions/summary.ts";
import { withMean } from "../../shared/distributions/tilt.ts";
import golden from "../golden/tilt.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { anyDistribution } from "./any-distribution.ts";

test("the masses are those with the given mean and the least divergence, which scipy finds", () => {
  for (const { values, masses, mean, tilted } of golden.cases) {
    const found = withMean(distributionOf(values, masses), mean);
    expect([...found.values]).toEqual(values);
    found.masses.forEach((mass, i) => {
      expectClose(mass, tilted[i] ?? Number.NaN, { absolute: 1e-5 });
    });
  }
});

test("any mean inside the values is reached, and only values of the distribution keep a mass", () => {
  fc.assert(
    fc.property(anyDistribution, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (distribution, share) => {
      const [least = 0, most = 0] = [distribution.values[0], distribution.values.at(-1)];
      const mean = least + share * (most - least);
      const found = withMean(distribution, mean);
      expect(found.values.every((value) => distribution.values.includes(value))).toBe(true);
      expect(found.masses.every((mass) => mass > 0)).toBe(true);
      expectClose(
        found.masses.reduce((sum, mass) => sum + mass, 0),
        1,
        { absolute: 1e-9 },
      );
      expectClose(expectedValueOf(found), mean, { absolute: 1e-6 * Math.max(1, most - least) });
    }),
  );
});

test("a mean outside the values gives the nearest end, and a single value stays", () => {
  const far = withMean(distributionOf([1, 2, 3], [1, 1, 1]), 50);
  expectClose(expectedValueOf(far), 3, { absolute: 1e-6 });
  const single = distributionOf([7], [1]);
  expect(withMean(single, 9)).toEqual(single);
});
