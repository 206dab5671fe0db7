import { meanOf } from "./mean.ts";
import { at, checkOutcomes, checkPaired, checkProbabilities, type Numbers } from "./numbers.ts";

/**
 * Returns the Brier score, Σ(p − y)² / n: the mean squared error of probabilities. It is a proper score: the true
 * probability minimises it.
 *
 * `outcomes` 0 or 1, `probabilities` 0 to 1. Range: 0 (perfect) to 1; always predicting the base rate b gives b(1 − b).
 * O(n).
 * @see Brier (1950); sklearn.metrics.brier_score_loss
 * @example brier([1, 0], [0.9, 0.2]) // 0.025
 */
export function brier(outcomes: Numbers, probabilities: Numbers): number {
  checkPaired(outcomes, probabilities);
  checkOutcomes(outcomes);
  checkProbabilities(probabilities);
  return meanOf(outcomes.length, (i) => (at(probabilities, i) - at(outcomes, i)) ** 2);
}
