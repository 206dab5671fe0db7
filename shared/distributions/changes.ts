/** The distribution of the next value of a target that mostly stays: whether it changes, and by how much if it does. */
import { at } from "../stats/numbers.ts";
import { type Distribution, mergedDistribution } from "./distribution.ts";

/** The probabilities of a fall, no change and a rise. Sum 1. */
export interface Chances {
  readonly down: number;
  readonly same: number;
  readonly up: number;
}

/** A distribution of the next change. Sizes are distributions of signed changes in whole units, given the direction. */
export interface NextChange {
  readonly chances: Chances;
  /** All values below 0. */
  readonly falls: Distribution;
  /** All values above 0. */
  readonly rises: Distribution;
}

/** The smallest value of a target that is positive, in whole units. */
export const UNITS_MIN = 1;

export interface ChangeOptions {
  /** Whether values are always positive, as prices are. A larger fall then ends at one unit. */
  readonly positive: boolean;
}

/**
 * Builds the distribution of the next value: the last value plus the next change. All in whole units.
 *
 * O(falls + rises).
 */
export function valueAfterChange(last: number, next: NextChange, { positive }: ChangeOptions): Distribution {
  const { chances, falls, rises } = next;
  const count = falls.values.length + rises.values.length + 1;
  const values = new Float64Array(count);
  const weights = new Float64Array(count);
  let to = 0;
  const add = (value: number, weight: number) => {
    values[to] = positive ? Math.max(Math.min(UNITS_MIN, last), value) : value;
    weights[to++] = weight;
  };
  for (let i = 0; i < falls.values.length; i++) add(last + at(falls.values, i), chances.down * at(falls.masses, i));
  add(last, chances.same);
  for (let i = 0; i < rises.values.length; i++) add(last + at(rises.values, i), chances.up * at(rises.masses, i));
  return mergedDistribution(values, weights);
}
