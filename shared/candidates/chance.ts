import { type Fit, refused } from "../models/fit.ts";
import { predictEnsemble } from "../models/tree.ts";
import { fitPlatt } from "../stats/platt.ts";
import { boostingOptions, fitStopped } from "./boosting.ts";
import type { FitTask } from "./candidate.ts";
import { encode } from "./encoding.ts";
import type { Chance } from "./fitted.ts";

/**
 * The calibrated chance that `events` (0 or 1, one a row of the dataset) happens: boosted trees on the logistic loss,
 * calibrated by Platt on the last training periods with a model that had not seen them.
 */
export function fitChance(task: FitTask, events: Float64Array): Fit<Chance> {
  const fit = fitStopped(task, events, { ...boostingOptions(task), loss: "logistic" });
  if (!fit.ok) return fit;
  const { encoding, ensemble, early } = fit.model;
  const outcomes = events.subarray(early.late.from, early.late.to);
  const scores = predictEnsemble(early.ensemble, encode(early.encoding, task.data, early.late));
  if (!scores.every(Number.isFinite)) {
    return refused({ kind: "invalid-data", found: "scores without a number", expected: "finite log odds" });
  }
  const { slope, intercept } = fitPlatt(scores, outcomes);
  // Outcomes that the scores order the wrong way round would turn the model upside down: the base rate is safer.
  const isSound = slope > 0;
  return {
    ok: true,
    model: isSound
      ? { encoding, ensemble, slope, intercept }
      : { encoding, ensemble, slope: 0, intercept: fitPlatt(scores.fill(0), outcomes).intercept },
  };
}
