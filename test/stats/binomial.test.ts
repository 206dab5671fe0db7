/** The binomial tail against exact sums of whole numbers. */
import { expect, test } from "vitest";
import { binomialTail } from "../../shared/stats/binomial.ts";

/** Returns Σₖ₌ₛⁿ C(n, k) 19ⁿ⁻ᵏ ÷ 20ⁿ, the tail for p = 1/20, from integers with 30 digits after the point. */
function exactTail(successes: number, trials: number): number {
  let [combinations, sum] = [1n, 0n];
  for (let k = 0; k <= trials; k++) {
    if (k >= successes) sum += combinations * 19n ** BigInt(trials - k);
    combinations = (combinations * BigInt(trials - k)) / BigInt(k + 1);
  }
  return Number((sum * 10n ** 30n) / 20n ** BigInt(trials)) / 1e30;
}

test.each([
  [0, 5],
  [1, 1],
  [7, 7],
  [14, 60],
  [15, 60],
  [29, 199],
  [10, 199],
])("at least %d of %d at p = 0.05", (successes, trials) => {
  const exact = exactTail(successes, trials);
  expect(Math.abs(binomialTail(successes, trials, 0.05) / exact - 1)).toBeLessThan(1e-10);
});

test("the limits that the rule for contradictions documents: 7 of 7, 18 of 60 and 34 of 199", () => {
  for (const [successes, trials] of [
    [7, 7],
    [18, 60],
    [34, 199],
  ] as const) {
    expect(binomialTail(successes, trials, 0.05)).toBeLessThan(1e-9);
    expect(binomialTail(successes - 1, trials, 0.05)).toBeGreaterThan(1e-9);
  }
});
