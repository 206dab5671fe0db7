/** Quantiles, median, mean, intervals and probabilities of a distribution. */
import { at } from "../stats/numbers.ts";
import type { Chances } from "./changes.ts";
import { type Distribution, massAt, massBelow } from "./distribution.ts";

/** The levels of the intervals that are published. */
export const intervalLevels = [0.5, 0.8, 0.9, 0.95] as const;

/** The levels of the quantiles that are published: the median and the ends of all intervals, ascending. */
export const quantileLevels = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975] as const;

/** Published probabilities are at least this far from 0 and 1: no amount of past data makes a change impossible. */
export const PROBABILITY_MIN = 1e-4;

/** Sums of masses differ from the exact sum by less than this. */
const ROUNDING = 1e-12;

/**
 * Returns quantiles: for each level the smallest value x with P(X ≤ x) ≥ level. `levels` ascending, more than 0 and at most 1.
 * The result is ascending. O(n + levels).
 * @see Hyndman and Fan (1996), definition 1
 */
export function quantilesOf({ values, masses }: Distribution, levels: readonly number[]): number[] {
  let below = 0;
  let i = 0;
  let previous = 0;
  return levels.map((level) => {
    if (!(level >= previous && level > 0 && level <= 1)) {
      throw new RangeError(`level ${level} after ${previous}: expected ascending levels, more than 0 and at most 1`);
    }
    previous = level;
    while (i < values.length - 1 && below + at(masses, i) < level - ROUNDING) below += at(masses, i++);
    return at(values, i);
  });
}

/** Returns the mean Σ x·P(x), in general not a whole number. It minimises the mean squared error. O(n). */
export function expectedValueOf({ values, masses }: Distribution): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? Number.NaN) * (masses[i] ?? Number.NaN);
  return sum;
}

/** Returns the probabilities of values below, at and above `last`: each at least `PROBABILITY_MIN`, with sum 1. O(n). */
export function chancesAround(distribution: Distribution, last: number): Chances {
  const down = massBelow(distribution, last);
  const same = massAt(distribution, last);
  return clipChances({ down, same, up: Math.max(0, 1 - down - same) });
}

/**
 * Returns P(X > value), at least `PROBABILITY_MIN` from 0 and 1. For the last value it equals the probability of a rise. O(n).
 */
export function chanceAbove(distribution: Distribution, value: number): number {
  return mix(Math.max(0, 1 - massBelow(distribution, value) - massAt(distribution, value)));
}

/** Raises each probability to at least `PROBABILITY_MIN` and scales them to sum 1. */
function clipChances({ down, same, up }: Chances): Chances {
  return { down: mix(down), same: mix(same), up: mix(up) };
}

/** Mixes with the uniform distribution of three classes. Unlike clipping, this keeps the order and the sum. */
function mix(probability: number): number {
  return probability * (1 - 3 * PROBABILITY_MIN) + PROBABILITY_MIN;
}

/**
 * The interval from the quantile of (1 − level)/2 to that of (1 + level)/2. One of width 0 contains at least the level's probability
 * at a single value.
 */
export interface CentralInterval {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}
