import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * Returns the probability of at least `successes` in `trials` independent trials that succeed with probability `p`.
 *
 * `p` 0 to 1; whole numbers 0 ≤ `successes` ≤ `trials`. Range: 0 to 1. Complexity and error: see `incompleteBeta`.
 * @see DLMF 8.17.5; scipy.stats.binom.sf(successes - 1, trials, p)
 * @example binomialTail(3, 3, 0.5) // 0.125
 */
export function binomialTail(successes: number, trials: number, p: number): number {
  return successes === 0 ? 1 : incompleteBeta(p, successes, trials - successes + 1);
}
