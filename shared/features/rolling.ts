/** Statistics of the last values of one series. NaN where nothing was observed; fewer values than asked for are enough. */

import { logRatio } from "./lags.ts";
import type { PastValues } from "./panel.ts";

function latest({ observed }: PastValues, count: number): Float64Array {
  return observed.subarray(Math.max(0, observed.length - count));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Mean of the last `count` values, in the variable's unit. O(count). */
export function rollingMean(series: PastValues, count: number): number {
  return mean(latest(series, count));
}

/**
 * Population standard deviation of the last `count` values, in the variable's unit, ≥ 0; exactly 0 where all are equal.
 * O(count).
 */
export function rollingStandardDeviation(series: PastValues, count: number): number {
  return standardDeviation(latest(series, count));
}

function standardDeviation(values: Float64Array): number {
  // Around the first value, so that equal ones leave no rounding: a tree would learn from 1e-15 as from any number.
  const first = values[0] ?? Number.NaN;
  const deviations = values.map((value) => value - first);
  const center = mean(deviations);
  let squares = 0;
  for (const deviation of deviations) squares += (deviation - center) ** 2;
  return Math.sqrt(squares / values.length);
}

/**
 * Population standard deviation of the last `count` steps from one observation to the next, in the variable's unit; NaN
 * without a step. O(count).
 */
export function stepStandardDeviation(series: PastValues, count: number): number {
  return standardDeviation(steps(latest(series, count + 1), (now, before) => now - before));
}

/** The same of log differences: volatility, free of any unit. NaN where a value is not above 0. O(count). */
export function logStepStandardDeviation(series: PastValues, count: number): number {
  return standardDeviation(steps(latest(series, count + 1), logRatio));
}

function steps(values: Float64Array, step: (now: number, before: number) => number): Float64Array {
  return Float64Array.from({ length: Math.max(0, values.length - 1) }, (_, at) =>
    step(values[at + 1] ?? Number.NaN, values[at] ?? Number.NaN),
  );
}

/** Smallest of the last `count` values. O(count). */
export function rollingMin(series: PastValues, count: number): number {
  const values = latest(series, count);
  return values.length === 0 ? Number.NaN : values.reduce((least, value) => Math.min(least, value));
}

/** Largest of the last `count` values. O(count). */
export function rollingMax(series: PastValues, count: number): number {
  const values = latest(series, count);
  return values.length === 0 ? Number.NaN : values.reduce((largest, value) => Math.max(largest, value));
}

/**
 * Exponentially weighted mean of the last `count` values: the newest weighs 1, one `halfLife` observations older ½.
 * The weights are normalised, as in pandas `ewm(halflife, adjust=True)`. O(count).
 */
export function weightedMean(series: PastValues, count: number, halfLife: number): number {
  const decay = 0.5 ** (1 / halfLife);
  let sum = 0;
  let weights = 0;
  // Oldest first: each step lets everything before it fade.
  for (const value of latest(series, count)) {
    sum = sum * decay + value;
    weights = weights * decay + 1;
  }
  return sum / weights;
}
