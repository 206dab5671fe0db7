/** Discrete distributions, and their construction from weights. */
import { at, checkFinite, type Numbers } from "../stats/numbers.ts";

/** A discrete distribution. Both arrays have the same length, at least 1. */
export interface Distribution {
  /** The possible values, ascending, without repetition. In whole units of the published digit where the target has one. */
  readonly values: Float64Array;
  /** The probability of each value: more than 0, with sum 1. */
  readonly masses: Float64Array;
}

/**
 * Builds a distribution from values in any order and their weights. Equal values are merged, and values of weight 0 are left
 * out. O(n log n).
 *
 * @throws RangeError if a weight is negative or not finite, or if all are 0.
 */
export function distributionOf(values: Numbers, weights: Numbers): Distribution {
  checkFinite(values, "the values");
  checkFinite(weights, "the weights");
  if (values.length !== weights.length) {
    throw new RangeError(`${values.length} values and ${weights.length} weights: expected equally many`);
  }
  const order = ascendingOrder(values);
  const [sorted, sortedWeights] = [new Float64Array(values.length), new Float64Array(values.length)];
  for (let to = 0; to < order.length; to++) {
    const from = order[to] ?? 0;
    const weight = weights[from] ?? 0;
    if (weight < 0) throw new RangeError(`weight ${from} is ${weight}: expected 0 or more`);
    sorted[to] = values[from] ?? 0;
    sortedWeights[to] = weight;
  }
  return mergedDistribution(sorted, sortedWeights);
}

/** Up to this many values, an insertion takes less time than a sort with a callback: 2 µs instead of 20 for 31 values. */
const insertedMax = 64;

/** Returns the positions of values in ascending order; equal values keep their order. */
function ascendingOrder(values: Numbers): Uint32Array {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (values.length > insertedMax) return order.sort((a, b) => at(values, a) - at(values, b));
  for (let i = 1; i < order.length; i++) {
    const value = values[i] ?? 0;
    let to = i;
    for (; to > 0 && (values[order[to - 1] ?? 0] ?? 0) > value; to--) order[to] = order[to - 1] ?? 0;
    order[to] = i;
  }
  return order;
}

/**
 * Builds a distribution from values that already ascend; equal values may follow each other. Weights are at least 0. The
 * caller guarantees this: the function is called for every row of a dataset. O(n).
 */
export function ascendingDistribution(values: Float64Array, weights: Float64Array): Distribution {
  return mergedDistribution(values.slice(), weights.slice());
}

/** Builds the same distribution inside the two arrays, which the caller does not use afterwards. O(n). */
export function mergedDistribution(merged: Float64Array, masses: Float64Array): Distribution {
  let count = 0;
  let total = 0;
  for (let i = 0; i < merged.length; i++) {
    const weight = masses[i] ?? 0;
    if (weight === 0) continue;
    // Adding 0 turns −0 into 0.
    const value = (merged[i] ?? 0) + 0;
    total += weight;
    // What was read is not read again, so it can be overwritten.
    if (count > 0 && merged[count - 1] === value) masses[count - 1] = (masses[count - 1] ?? 0) + weight;
    else {
      merged[count] = value;
      masses[count++] = weight;
    }
  }
  if (count === 0) throw new RangeError("all weights are 0: expected at least one above 0");
  for (let i = 0; i < count; i++) masses[i] = (masses[i] ?? 0) / total;
  return { values: merged.subarray(0, count), masses: masses.subarray(0, count) };
}

/** Returns P(X < value). O(n). */
export function massBelow({ values, masses }: Distribution, value: number): number {
  let sum = 0;
  for (let i = 0; i < values.length && (values[i] ?? Number.NaN) < value; i++) sum += masses[i] ?? Number.NaN;
  return Math.min(1, sum);
}

/** Returns P(X = value). O(log n). */
export function massAt({ values, masses }: Distribution, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(values, middle) < value) low = middle + 1;
    else high = middle;
  }
  return values[low] === value ? at(masses, low) : 0;
}
