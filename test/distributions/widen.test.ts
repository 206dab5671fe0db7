import { expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import { spreadFactor, widened } from "../../shared/distributions/widen.ts";
import { expectClose } from "../support/close.ts";

test("the factor is that of a normal sample's prediction interval, and falls to 1 with more values", () => {
  // numpy and scipy 1.17.1: sqrt(1 + 1/n) * t.ppf(0.975, n - 1) / norm.ppf(0.975)
  const expected: [number, number][] = [
    [3, 2.534881],
    [5, 1.5517853],
    [20, 1.0942606],
    [60, 1.0294074],
  ];
  for (const [count, factor] of expected) expectClose(spreadFactor(count), factor, { absolute: 1e-6 });
  expect(spreadFactor(1)).toBe(spreadFactor(3));
});

test("values move away from the mean, in whole units and not below the least value", () => {
  const found = widened(distributionOf([1, 10, 19], [1, 2, 1]), 1.5, 1);
  expect([...found.values]).toEqual([1, 10, 24]);
  expect([...found.masses]).toEqual([0.25, 0.5, 0.25]);
});
