import { at } from "../stats/numbers.ts";
import type { Distribution } from "./distribution.ts";
import { expectedValueOf } from "./summary.ts";

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
  const center = expectedValueOf(distribution);
  const deviation = Math.sqrt(varianceAround(center, distribution));
  if (!(deviation > 0) || !Number.isFinite(mean)) return distribution;
  const scaled = new Float64Array(values.length);
  // Plain reads, here and below: a contest of steps does this for every row.
  for (let i = 0; i < scaled.length; i++) scaled[i] = ((values[i] ?? Number.NaN) - center) / deviation;
  const wanted = (mean - center) / deviation;
  const kept = tilted(scaled, masses, tiltFor(scaled, masses, wanted));
  if (kept.every((mass) => mass > 0)) return { values, masses: kept };
  // A mass below the smallest float is 0, which a distribution does not contain.
  return { values: values.filter((_, i) => at(kept, i) > 0), masses: kept.filter((mass) => mass > 0) };
}

function varianceAround(center: number, { values, masses }: Distribution): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (masses[i] ?? Number.NaN) * ((values[i] ?? Number.NaN) - center) ** 2;
  return sum;
}

/** Returns the tilted masses, with sum 1. The largest exponent is 0, so that none overflows. */
function tilted(scaled: Float64Array, masses: Float64Array, tilt: number): Float64Array {
  const largest = Math.max(tilt * at(scaled, 0), tilt * at(scaled, scaled.length - 1));
  const weights = new Float64Array(masses.length);
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = (masses[i] ?? Number.NaN) * Math.exp(tilt * (scaled[i] ?? Number.NaN) - largest);
    weights[i] = weight;
    total += weight;
  }
  for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] ?? Number.NaN) / total;
  return weights;
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
