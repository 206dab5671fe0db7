import { type Distribution, massAt, massBelow } from "./distribution.ts";

/**
 * Returns the share of an outcome that the central interval of a level covers: the share of [P(X < y), P(X ≤ y)] inside
 * [(1 − level)/2, (1 + level)/2]. If the distribution is right, its mean is the level, for any atoms. Plain coverage is
 * vacuous where an atom has most of the probability: an interval that contains only the atom covers more than its level.
 *
 * An outcome to which the distribution gives no probability is covered if P(X < y) is inside. Range: 0 to 1. O(n).
 * @see Czado, Gneiting, Held (2009) on the non-randomized probability integral transform of counts
 */
export function fractionalCoverage(distribution: Distribution, outcome: number, level: number): number {
  const [low, high] = [(1 - level) / 2, (1 + level) / 2];
  const from = massBelow(distribution, outcome);
  const mass = massAt(distribution, outcome);
  if (mass === 0) return Number(from > low && from < high);
  return Math.max(0, Math.min(from + mass, high) - Math.max(from, low)) / mass;
}
