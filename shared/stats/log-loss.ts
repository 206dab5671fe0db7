import { meanOf } from "./mean.ts";
import { at, checkOutcomes, checkPaired, checkProbabilities, type Numbers } from "./numbers.ts";

/**
 * Returns the log loss, −Σ ln(predicted probability of the outcome) / n. The loss of a wrong certain prediction would be
 * infinite, so probabilities are clipped to `Number.EPSILON` from 0 and 1, as scikit-learn does for doubles.
 *
 * `outcomes` 0 or 1, `probabilities` 0 to 1. Range: 0 (perfect) to 36.04 (always certain, always wrong), in nats;
 * always predicting 0.5 gives ln 2. O(n).
 * @see sklearn.metrics.log_loss
 * @example logLoss([1, 0], [0.5, 0.5]) // ln 2
 */
export function logLoss(outcomes: Numbers, probabilities: Numbers): number {
  checkPaired(outcomes, probabilities);
  checkOutcomes(outcomes);
  checkProbabilities(probabilities);
  return meanOf(outcomes.length, (i) => {
    const clipped = Math.min(Math.max(at(probabilities, i), Number.EPSILON), 1 - Number.EPSILON);
    return -Math.log(at(outcomes, i) === 1 ? clipped : 1 - clipped);
  });
}
