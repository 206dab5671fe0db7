import { at } from "../stats/numbers.ts";
import { type ChangeOptions, UNITS_MIN } from "./changes.ts";
import { ascendingDistribution, type Distribution } from "./distribution.ts";

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
  const place = (value: number) => (positive ? Math.max(UNITS_MIN, Math.round(value)) : Math.round(value));
  for (let i = 0; i < count; i++) {
    const miss = at(misses.values, i);
    // Ascending: from the largest miss below to the largest miss above.
    const [below, above] = [count - 1 - i, count + 1 + i];
    values[below] = place(low - miss);
    values[above] = place(high + miss);
    weights[below] = weights[above] = at(misses.masses, i) / 2;
  }
  const share = Math.min(MEDIAN_MASS, at(misses.masses, 0));
  values[count] = place(prediction);
  weights[count] = share;
  for (const nearest of [count - 1, count + 1]) weights[nearest] = (at(misses.masses, 0) - share) / 2;
  return ascendingDistribution(values, weights);
}
