import { at } from "../stats/numbers.ts";
import type { Chances } from "./changes.ts";
import { type Distribution, mergedDistribution } from "./distribution.ts";

/**
 * Gives the values below, at and above `last` these probabilities. The values below keep the ratios of their masses, and so do
 * those above. A side without values gives its probability to the others, because it has no sizes. O(n).
 * @example withChances({ values: [8, 9, 10, 12], masses: [0.1, 0.1, 0.6, 0.2] }, 10, { down: 0.5, same: 0.4, up: 0.1 }) // 0.25, 0.25, 0.4, 0.1
 */
export function withChances({ values, masses }: Distribution, last: number, { down, same, up }: Chances): Distribution {
  const below = countBelow(values, last);
  const above = values[below] === last ? below + 1 : below;
  const size = below + 1 + values.length - above;
  const next = { values: new Float64Array(size), masses: new Float64Array(size) };
  // Loops: this runs for every row and step of a contest.
  const copy = (from: number, until: number, place: number, chance: number) => {
    let sum = 0;
    for (let i = from; i < until; i++) sum += at(masses, i);
    const factor = chance / sum;
    for (let i = from; i < until; i++) {
      next.values[place + i - from] = at(values, i);
      next.masses[place + i - from] = at(masses, i) * factor;
    }
  };
  copy(0, below, 0, down);
  next.values[below] = last;
  next.masses[below] = same;
  copy(above, values.length, below + 1, up);
  return mergedDistribution(next.values, next.masses);
}

function countBelow(values: Float64Array, last: number): number {
  let count = 0;
  while (count < values.length && at(values, count) < last) count++;
  return count;
}
