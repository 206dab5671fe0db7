import { at } from "../stats/numbers.ts";
import { type ChangeOptions, UNITS_MIN } from "./changes.ts";
import { type Distribution, mergedDistribution } from "./distribution.ts";

/** A prediction and the interval of width 0 around it, in units. Without holding the last value all three are equal. */
export interface Centre {
  readonly prediction: number;
  readonly low: number;
  readonly high: number;
}

/** The mass that makes the prediction the median. */
const MEDIAN_MASS = 0.005;

/**
 * Builds the distribution behind a prediction with symmetric conformal intervals: of every earlier miss, half the mass is that
 * far below `low` and half that far above `high`. Its central intervals are the conformal intervals, in whole units, and its
 * median is the prediction. `misses` are absolute, in units. O(n).
 * @see shared/stats/conformal.ts
 */
export function symmetricDistribution(
  { prediction, low, high }: Centre,
  misses: Distribution,
  { positive }: ChangeOptions,
): Distribution {
  const count = misses.values.length;
  const values = new Float64Array(2 * count + 1);
  const weights = new Float64Array(2 * count + 1);
  const least = positive ? UNITS_MIN : Number.NEGATIVE_INFINITY;
  const place = (value: number) => Math.max(least, Math.round(value));
  // Plain reads: this runs for every row and contender of a training.
  for (let i = 0; i < count; i++) {
    const miss = misses.values[i] ?? Number.NaN;
    const half = (misses.masses[i] ?? Number.NaN) / 2;
    // Ascending: from the largest miss below to the largest miss above.
    values[count - 1 - i] = place(low - miss);
    values[count + 1 + i] = place(high + miss);
    weights[count - 1 - i] = half;
    weights[count + 1 + i] = half;
  }
  const share = Math.min(MEDIAN_MASS, at(misses.masses, 0));
  values[count] = place(prediction);
  weights[count] = share;
  for (const nearest of [count - 1, count + 1]) weights[nearest] = (at(misses.masses, 0) - share) / 2;
  return mergedDistribution(values, weights);
}
