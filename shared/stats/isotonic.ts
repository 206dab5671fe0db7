import { at, checkFinite, checkPaired, type Numbers } from "./numbers.ts";

/** A rising curve through its corners: what a score is worth as a probability. Plain numbers, ready for JSON. */
export interface IsotonicCalibrator {
  /** Ascending; each block of the fit contributes its first and last score. */
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * Pool adjacent violators: the non-decreasing values nearest to the given ones in weighted squared error. Neighbours
 * that fall are merged into their mean until nothing falls.
 *
 * `weights` > 0, as many as values, 1 each when left out. Range: between the smallest and the largest value, with the
 * same weighted mean. O(n).
 * @see Barlow et al. (1972); sklearn.isotonic.isotonic_regression
 * @example poolAdjacentViolators([1, 3, 2, 4]) // [1, 2.5, 2.5, 4]
 */
export function poolAdjacentViolators(values: Numbers, weights: Numbers = unitWeights(values)): Float64Array {
  checkPaired(values, weights);
  const means = new Float64Array(values.length);
  const masses = new Float64Array(values.length);
  const ends = new Uint32Array(values.length);
  let last = -1;
  for (let i = 0; i < values.length; i++) {
    let value = at(values, i);
    let mass = at(weights, i);
    if (!(mass > 0)) throw new RangeError(`weight ${i} is ${mass}: expected more than 0`);
    for (; last >= 0 && at(means, last) >= value; last--) {
      const pooled = mass + at(masses, last);
      value = (value * mass + at(means, last) * at(masses, last)) / pooled;
      mass = pooled;
    }
    last += 1;
    means[last] = value;
    masses[last] = mass;
    ends[last] = i + 1;
  }
  const fitted = new Float64Array(values.length);
  for (let block = 0, start = 0; block <= last; start = at(ends, block), block++) {
    fitted.fill(at(means, block), start, at(ends, block));
  }
  return fitted;
}

/**
 * Isotonic calibration: the rising curve from score to probability that fits the outcomes best, whatever its shape.
 * Needs more data than Platt scaling (about 1,000 rows) and gives as little or as much as the data show, also 0 and 1.
 *
 * `scores` any finite numbers, `outcomes` 0 or 1 (or shares), n each. Equal scores count as one point. O(n log n).
 * @see Zadrozny and Elkan (2002); sklearn.isotonic.IsotonicRegression
 */
export function fitIsotonic(scores: Numbers, outcomes: Numbers): IsotonicCalibrator {
  checkPaired(outcomes, scores);
  const sums = new Map<number, { sum: number; count: number }>();
  for (let i = 0; i < scores.length; i++) {
    const tally = sums.get(at(scores, i)) ?? { sum: 0, count: 0 };
    tally.sum += at(outcomes, i);
    tally.count += 1;
    sums.set(at(scores, i), tally);
  }
  const points = [...sums].sort(([a], [b]) => a - b);
  const fitted = poolAdjacentViolators(
    points.map(([, { sum, count }]) => sum / count),
    points.map(([, { count }]) => count),
  );
  const corners = points
    .map(([score], i) => ({ score, probability: at(fitted, i) }))
    .filter(({ probability }, i) => probability !== fitted[i - 1] || probability !== fitted[i + 1]);
  return { scores: corners.map((c) => c.score), probabilities: corners.map((c) => c.probability) };
}

/**
 * What the calibrator makes of a score: linear between its corners, flat beyond them.
 *
 * Range: that of the outcomes it was fitted to. O(log corners).
 * @see sklearn.isotonic.IsotonicRegression(out_of_bounds="clip").predict
 */
export function calibrateIsotonic(calibrator: IsotonicCalibrator, score: number): number {
  const { scores, probabilities } = calibrator;
  checkFinite([score], "the score");
  let low = 0;
  let high = scores.length - 1;
  if (score <= at(scores, low)) return at(probabilities, low);
  if (score >= at(scores, high)) return at(probabilities, high);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at(scores, middle) <= score) low = middle;
    else high = middle;
  }
  const share = (score - at(scores, low)) / (at(scores, high) - at(scores, low));
  return at(probabilities, low) + share * (at(probabilities, high) - at(probabilities, low));
}

function unitWeights(values: Numbers): Float64Array {
  return new Float64Array(values.length).fill(1);
}
