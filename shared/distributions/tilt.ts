import { at } from "../stats/numbers.ts";
import type { Distribution } from "./distribution.ts";
import { meanOf } from "./summary.ts";

/** Steps of the search. It nearly always needs fewer than ten. */
const stepsMax = 60;
/** The search stops at this distance from the mean, in standard deviations. */
const accuracy = 1e-9;
/** The largest tilt, per standard deviation. */
const tiltMax = 50;

/**
 * Returns the distribution with this mean that is nearest to the given one, by the Kullback–Leibler divergence: each mass is
 * multiplied by exp(tilt × value) and scaled to sum 1. The values stay, so an atom such as the last value stays an atom.
 *
 * A mean that no tilt reaches, outside the values or nearly at an end, gives the nearest one that a tilt reaches. A distribution
 * with one value does not change. O(n).
 * @see Csiszár (1975), "I-divergence geometry of probability distributions and minimization problems"
 * @example withMean({ values: [0, 1], masses: [0.5, 0.5] }, 0.25) // masses 0.75 and 0.25
 */
export function withMean(distribution: Distribution, mean: number): Distribution {
  const { values, masses } = distribution;
  const center = meanOf(distribution);
  const deviation = Math.sqrt(values.reduce((sum, value, i) => sum + at(masses, i) * (value - center) ** 2, 0));
  if (!(deviation > 0) || !Number.isFinite(mean)) return distribution;
  const scaled = values.map((value) => (value - center) / deviation);
  const wanted = (mean - center) / deviation;
  const weights = tilted(scaled, masses, tiltFor(scaled, masses, wanted));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const kept = weights.map((weight) => weight / sum);
  if (kept.every((mass) => mass > 0)) return { values, masses: kept };
  // A mass below the smallest float is 0, which a distribution does not contain.
  return { values: values.filter((_, i) => at(kept, i) > 0), masses: kept.filter((mass) => mass > 0) };
}

/** Returns the tilted weights. The largest exponent is 0, so that none overflows. */
function tilted(scaled: Float64Array, masses: Float64Array, tilt: number): Float64Array {
  const largest = Math.max(tilt * at(scaled, 0), tilt * at(scaled, scaled.length - 1));
  return masses.map((mass, i) => mass * Math.exp(tilt * at(scaled, i) - largest));
}

/** Returns the tilt that gives a mean. Newton's method; a step outside the bounds becomes a bisection. */
function tiltFor(scaled: Float64Array, masses: Float64Array, mean: number): number {
  let [low, high, tilt] = [-tiltMax, tiltMax, 0];
  for (let i = 0; i < stepsMax; i++) {
    const { center, variance } = momentsAt(scaled, masses, tilt);
    if (Math.abs(center - mean) < accuracy) break;
    if (center < mean) low = tilt;
    else high = tilt;
    const next = tilt + (mean - center) / variance;
    tilt = next > low && next < high ? next : (low + high) / 2;
  }
  return tilt;
}

function momentsAt(scaled: Float64Array, masses: Float64Array, tilt: number) {
  const largest = Math.max(tilt * at(scaled, 0), tilt * at(scaled, scaled.length - 1));
  let [sum, first, second] = [0, 0, 0];
  for (let i = 0; i < scaled.length; i++) {
    const value = scaled[i] ?? 0;
    const weight = (masses[i] ?? 0) * Math.exp(tilt * value - largest);
    sum += weight;
    first += weight * value;
    second += weight * value * value;
  }
  const center = first / sum;
  return { center, variance: second / sum - center * center };
}
