import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { predictEnsemble } from "../models/tree.ts";
import { fitPlatt } from "../stats/platt.ts";
import { boostingOptions, constantEnsemble, fitStopped } from "./boosting.ts";
import type { FitTask } from "./candidate.ts";
import { encode } from "./encoding.ts";
import type { Chance } from "./odds.ts";

/** Returns a probability that is the same for every row. `column` is a numeric feature, because a model reads at least one. */
export function constantChance(probability: number, column: string): Chance {
  return {
    encoding: { columns: [{ name: column, how: "number" }], imputed: null },
    ensemble: constantEnsemble(1),
    slope: 0,
    intercept: Math.log(probability / (1 - probability)),
  };
}

/**
 * Fits the calibrated probability of `events` (0 or 1, one per row of the dataset): boosted trees with the logistic loss,
 * then Platt scaling on the last training periods, scored by a model that was not fitted on them.
 */
export function fitChance(task: FitTask, events: Float64Array): Fit<Chance> {
  const fit = fitStopped(task, events, { ...boostingOptions(task), loss: "logistic" });
  if (!fit.ok) return fit;
  const { encoding, ensemble, early } = fit.value;
  const outcomes = events.subarray(early.late.from, early.late.to);
  const scores = predictEnsemble(early.ensemble, encode(early.encoding, task.data, early.late));
  if (!scores.every(Number.isFinite)) {
    return failure({ kind: "invalid-data", found: "scores that are not finite", expected: "finite log odds" });
  }
  const { slope, intercept } = fitPlatt(scores, outcomes);
  // A slope of 0 or less means that the scores have no skill. It would reverse their order, so the base rate is used.
  const hasSkill = slope > 0;
  return success(
    hasSkill
      ? { encoding, ensemble, slope, intercept }
      : { encoding, ensemble, slope: 0, intercept: fitPlatt(scores.fill(0), outcomes).intercept },
  );
}
