/**
 * Converts scores to probabilities: Platt scaling on the scores of rows that were not used to fit the scoring model.
 */

import { firstRowAt, type RowRange } from "../features/dataset.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { fitPlatt } from "../stats/platt.ts";
import { baseRateOf } from "./base-rates.ts";
import { type Candidate, type FitTask, knownBefore } from "./candidate.ts";
import { type Fitted, predictMove } from "./fitted.ts";

/** Share of the training periods, at their end, that is used for calibration. */
const LATE_SHARE = 0.5;
/** Number of parts of the calibration periods. Each part is scored by a model fitted to all rows before it. */
const ORIGINS = 4;

/** Fits again to fewer rows. May use what the final fit decided, such as its number of trees. */
export type FitAgain = (task: FitTask, final: Fitted) => Fit<Fitted>;

/**
 * Calibrates the fits of a classification. Does not change a regression. The scores of `learn` may have any scale. `refit` fits the
 * scoring models; the default is `learn`.
 */
export function calibrated(learn: Candidate["fit"], refit: FitAgain = learn): Candidate["fit"] {
  return (task) => (task.task === "classification" ? fitCalibrated(learn, refit, task) : learn(task));
}

function fitCalibrated(learn: Candidate["fit"], refit: FitAgain, task: FitTask): Fit<Fitted> {
  const final = learn(task);
  if (!final.ok) return final;
  const scores: number[] = [];
  const outcomes: number[] = [];
  for (const { early, late } of originsOf(task)) {
    const fit = refit({ ...task, rows: early }, final.value);
    // The early rows may have only one outcome. Then only later origins are used.
    if (!fit.ok) continue;
    scores.push(...predictMove(fit.value, task.data, late, task.transform));
    outcomes.push(...task.move.subarray(late.from, late.to));
  }
  if (scores.length === 0) return failure({ kind: "too-few-rows", found: 0, required: 1 });
  if (!scores.every(Number.isFinite)) {
    return failure({ kind: "invalid-data", found: "scores that are not finite", expected: "finite scores" });
  }
  const { slope, intercept } = fitPlatt(scores, outcomes);
  // A slope of 0 or less means that the scores have no skill. It would reverse their order, so the base rate is returned.
  if (!(slope > 0)) return success(baseRateOf(task));
  return success({ kind: "calibrated", score: final.value, slope, intercept });
}

/** Returns rolling origins inside the training rows. No row at or after their end is used. */
function originsOf({ data, rows }: FitTask): { readonly early: RowRange; readonly late: RowRange }[] {
  const first = data.period[rows.from] ?? 0;
  const periods = (data.period[rows.to - 1] ?? 0) + 1 - first;
  const cuts = Array.from(
    { length: ORIGINS },
    (_, origin) => first + Math.ceil(periods * (1 - LATE_SHARE * (1 - origin / ORIGINS))),
  );
  const edgeAt = (origin: number) => (origin === ORIGINS ? rows.to : firstRowAt(data, cuts[origin] ?? 0));
  return cuts
    .map((cut, origin) => ({
      early: knownBefore(data, rows, cut),
      late: { from: edgeAt(origin), to: edgeAt(origin + 1) },
    }))
    .filter(({ early, late }) => early.to > early.from && late.to > late.from);
}
