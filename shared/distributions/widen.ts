import { at } from "../stats/numbers.ts";
import { studentTCdf } from "../stats/student-t.ts";
import { ascendingDistribution, type Distribution } from "./distribution.ts";
import { expectedValueOf } from "./summary.ts";

/** The level at which a widened normal distribution equals the prediction of a sample. */
const upper = 0.975;
const normalQuantile = 1.959963984540054;
/** Fewer independent values do not estimate a spread. */
const valuesMin = 3;

/**
 * Returns how much wider a prediction is than the spread of `count` independent values, because this spread is itself an
 * estimate: √(1 + 1/n) × t(97.5 %, n − 1) ÷ z(97.5 %). More than 1; at most that of three values.
 * @see Geisser (1993), "Predictive Inference", prediction interval of a normal sample
 * @example spreadFactor(5) // 1.552
 */
export function spreadFactor(count: number): number {
  const n = Math.max(valuesMin, count);
  let [low, high] = [0, 20];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentTCdf(middle, n - 1) < upper) low = middle;
    else high = middle;
  }
  return (Math.sqrt(1 + 1 / n) * low) / normalQuantile;
}

/** Moves every value away from the mean by a factor and rounds it to whole units. Values stay at or above `least`. O(n). */
export function widened(distribution: Distribution, factor: number, least = Number.NEGATIVE_INFINITY): Distribution {
  const mean = expectedValueOf(distribution);
  const values = distribution.values.map((_, i) =>
    Math.max(least, Math.round(mean + factor * (at(distribution.values, i) - mean))),
  );
  return ascendingDistribution(values, distribution.masses);
}
