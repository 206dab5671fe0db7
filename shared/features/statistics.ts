/** Statistics of the last observations of one series. NaN without observations; fewer observations than `count` are accepted. */
import type { PastValues } from "./panel.ts";

/** Returns the value `count` observations ago; 1 is the last one. NaN if there are fewer. O(1). */
export function observedAgo({ observed }: PastValues, count: number): number {
  return observed.at(-count) ?? Number.NaN;
}

/** Returns ln(value ÷ base), without a unit; NaN unless both are above 0. O(1). */
export function logRatio(value: number, base: number): number {
  return value > 0 && base > 0 ? Math.log(value / base) : Number.NaN;
}

/** Returns the mean of the last `count` values, in the variable's unit. O(count). */
export function meanOfLast(series: PastValues, count: number): number {
  return mean(latest(series, count));
}

/** Returns the population standard deviation of the last `count` values, in the variable's unit; 0 if all are equal. O(count). */
export function standardDeviationOfLast(series: PastValues, count: number): number {
  return standardDeviation(latest(series, count));
}

/** Returns the population standard deviation of `step` over the last `count` pairs of neighbours; NaN without a pair. O(count). */
export function stepDeviationOfLast(
  series: PastValues,
  count: number,
  step: (now: number, before: number) => number,
): number {
  const values = latest(series, count + 1);
  const steps = Float64Array.from({ length: Math.max(0, values.length - 1) }, (_, at) =>
    step(values[at + 1] ?? Number.NaN, values[at] ?? Number.NaN),
  );
  return standardDeviation(steps);
}

/** Returns the minimum of the last `count` values. O(count). */
export function minimumOfLast(series: PastValues, count: number): number {
  const values = latest(series, count);
  return values.length === 0 ? Number.NaN : values.reduce((least, value) => Math.min(least, value));
}

/** Returns the maximum of the last `count` values. O(count). */
export function maximumOfLast(series: PastValues, count: number): number {
  const values = latest(series, count);
  return values.length === 0 ? Number.NaN : values.reduce((largest, value) => Math.max(largest, value));
}

/**
 * Returns the exponentially weighted mean of the last `count` values. The newest has weight 1; a value `halfLife` observations
 * older has weight ½. Weights are normalised, as in pandas `ewm(halflife, adjust=True)`. O(count).
 */
export function weightedMeanOfLast(series: PastValues, count: number, halfLife: number): number {
  const decay = 0.5 ** (1 / halfLife);
  let sum = 0;
  let weights = 0;
  // Oldest first: each step reduces the weight of everything before it.
  for (const value of latest(series, count)) {
    sum = sum * decay + value;
    weights = weights * decay + 1;
  }
  return sum / weights;
}

/**
 * Returns the exponentially weighted root mean square of the last `count` differences between neighbours. Weights as in
 * `weightedMeanOfLast`; NaN without a difference. O(count).
 */
export function weightedDeviationOfLast(series: PastValues, count: number, halfLife: number): number {
  const decay = 0.5 ** (1 / halfLife);
  const values = latest(series, count + 1);
  let sum = 0;
  let weights = 0;
  for (let at = 1; at < values.length; at++) {
    sum = sum * decay + ((values[at] ?? 0) - (values[at - 1] ?? 0)) ** 2;
    weights = weights * decay + 1;
  }
  return Math.sqrt(sum / weights);
}

function latest({ observed }: PastValues, count: number): Float64Array {
  return observed.subarray(Math.max(0, observed.length - count));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function standardDeviation(values: Float64Array): number {
  // Relative to the first value, so that equal values give exactly 0. A tree would learn from a rounding error of 1e-15.
  const first = values[0] ?? Number.NaN;
  const deviations = values.map((value) => value - first);
  const center = mean(deviations);
  let squares = 0;
  for (const deviation of deviations) squares += (deviation - center) ** 2;
  return Math.sqrt(squares / values.length);
}
