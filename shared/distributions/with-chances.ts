import { at } from "../stats/numbers.ts";
import type { Chances } from "./changes.ts";
import { ascendingDistribution, type Distribution } from "./distribution.ts";

/**
 * Gives the values below, at and above `last` these probabilities. The values below keep the ratios of their masses, and so do
 * those above. A side without values gives its probability to the others, because it has no sizes. O(n).
 * @example withChances({ values: [8, 9, 10, 12], masses: [0.1, 0.1, 0.6, 0.2] }, 10, { down: 0.5, same: 0.4, up: 0.1 }) // 0.25, 0.25, 0.4, 0.1
 */
export function withChances({ values, masses }: Distribution, last: number, { down, same, up }: Chances): Distribution {
  const below = countBelow(values, last);
  const above = values[below] === last ? below + 1 : below;
  const sumOf = (from: number, to: number) => masses.subarray(from, to).reduce((sum, mass) => sum + mass, 0);
  const factors = { down: down / sumOf(0, below), up: up / sumOf(above, values.length) };
  const weightsOf = (from: number, to: number, factor: number) =>
    Array.from({ length: to - from }, (_, i) => at(masses, from + i) * factor);
  return ascendingDistribution(
    Float64Array.of(...values.subarray(0, below), last, ...values.subarray(above)),
    Float64Array.of(...weightsOf(0, below, factors.down), same, ...weightsOf(above, values.length, factors.up)),
  );
}

function countBelow(values: Float64Array, last: number): number {
  let count = 0;
  while (count < values.length && at(values, count) < last) count++;
  return count;
}
