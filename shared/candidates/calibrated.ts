/**
 * From any score to a probability: what a candidate learns of 0 and 1 is calibrated by Platt on scores of rows that it had
 * not seen.
 */
import { firstRowAt, type RowRange } from "../features/dataset.ts";
import { type Fit, refused } from "../models/fit.ts";
import { fitPlatt } from "../stats/platt.ts";
import { baseRateOf } from "./base-rates.ts";
import type { Candidate, FitTask } from "./candidate.ts";
import { type Fitted, predictMove } from "./fitted.ts";

/** Share of the training periods, at their end, that scores are calibrated on … */
const LATE_SHARE = 0.5;
/** … in so many pieces, each scored by a fit to everything before it. */
const ORIGINS = 4;

/** Leaves a regression as it is; a classification becomes calibrated. `learn`'s scores may be on any scale. */
export function calibrated(learn: Candidate["fit"]): Candidate["fit"] {
  return (task) => (task.task === "classification" ? fitCalibrated(learn, task) : learn(task));
}

function fitCalibrated(learn: Candidate["fit"], task: FitTask): Fit<Fitted> {
  const whole = learn(task);
  if (!whole.ok) return whole;
  const scores: number[] = [];
  const outcomes: number[] = [];
  for (const { early, late } of originsOf(task)) {
    const fit = learn({ ...task, rows: early });
    // Early rows may hold one outcome alone; then a later origin has to do.
    if (!fit.ok) continue;
    scores.push(...predictMove(fit.model, task.data, late, task.transform));
    outcomes.push(...task.move.subarray(late.from, late.to));
  }
  if (scores.length === 0) return refused({ kind: "too-few-rows", found: 0, required: 1 });
  if (!scores.every(Number.isFinite)) {
    return refused({ kind: "invalid-data", found: "scores without a number", expected: "finite scores" });
  }
  const { slope, intercept } = fitPlatt(scores, outcomes);
  // Outcomes that the scores order the wrong way round would turn the model upside down: the base rate is safer.
  if (!(slope > 0)) return { ok: true, model: baseRateOf(task) };
  return { ok: true, model: { kind: "calibrated", score: whole.model, slope, intercept } };
}

/** Rolling origin inside the training rows: nothing at or after their end is touched. */
function originsOf({ data, rows }: FitTask): { readonly early: RowRange; readonly late: RowRange }[] {
  const first = data.period[rows.from] ?? 0;
  const periods = (data.period[rows.to - 1] ?? 0) + 1 - first;
  const edges = Array.from({ length: ORIGINS + 1 }, (_, origin) =>
    origin === ORIGINS
      ? rows.to
      : firstRowAt(data, first + Math.ceil(periods * (1 - LATE_SHARE * (1 - origin / ORIGINS)))),
  );
  return edges
    .slice(0, -1)
    .map((edge, origin) => ({
      early: { from: rows.from, to: edge },
      late: { from: edge, to: edges[origin + 1] ?? rows.to },
    }))
    .filter(({ early, late }) => early.to > early.from && late.to > late.from);
}
