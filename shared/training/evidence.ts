/** Scores predictions on the test window: rows of the leaderboard, and the losses by period for the gate. */

import { featureValues } from "../candidates/encoding.ts";
import { inputsNote } from "../candidates/inputs.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { classificationScores, type PredictedRows } from "../judging/classification.ts";
import { lossesByPeriod, type PeriodLosses } from "../judging/losses.ts";
import { slicePredicted } from "../judging/predicted.ts";
import { coverageOf, errorsOf, type IntervalOptions, missesOf, widthsOf } from "../judging/score.ts";
import { distributionsOf, errorOf, meanCrps, type Scored } from "../judging/scoring.ts";
import { percentOf, scoresOf } from "../judging/step-scores.ts";
import type { Contender, Evidence } from "../registry/card.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { median } from "../stats/median.ts";
import { skill } from "../stats/skill.ts";
import type { RecipeChoice } from "./job.ts";
import { recipeOf } from "./recipe.ts";

/** The scored rows, which are the same for all contenders, with the scores of the baseline and the champion. */
export interface TestWindow {
  readonly data: Dataset;
  readonly forecast: Forecast;
  readonly rows: RowRange;
  readonly naive: Scored;
  /** Candidate of the baseline. */
  readonly naiveCandidate: string;
  readonly incumbent: Scored | null;
}

export interface Entry {
  readonly name: string;
  readonly recipe: RecipeChoice;
  /** Predictions for the rows of the window. */
  readonly test: Scored;
  readonly seconds: number;
  /** Predictions for validation, from which its intervals are learned; null if it was not scored there. */
  readonly validation: Scored | null;
  /** Of a classification: predictions for rolling origins before the test window, from which its threshold is computed. */
  readonly origins?: PredictedRows | null;
}

/** Returns a row of the leaderboard. */
export function lineOf(window: TestWindow, entry: Entry): Contender {
  const { data, forecast, rows } = window;
  const { test, validation, origins = null } = entry;
  const errors = errorsOf(data, rows, test.predictions);
  const naiveLosses = periodLosses(window, window.naive).losses;
  const advantage = periodLosses(window, test).losses.map((loss, i) => (naiveLosses[i] ?? 0) - loss);
  const distribution = distributionScores(window, test, validation);
  return {
    name: entry.name,
    candidate: entry.recipe.candidate,
    recipe: recipeOf(forecast, entry.recipe).id,
    validationRmse: validation && errorsOf(data, validation.rows, validation.predictions).rmse,
    validationMedian: validation && medianError({ data, forecast, rows: validation.rows }, validation),
    ...errors,
    // The served value of a distribution of changes is its median, and its prediction is the mean.
    ...(distribution !== null && test.changes !== null && { mae: distribution.mae }),
    skill: skill(errorOf(forecast.metric, test.losses), errorOf(forecast.metric, window.naive.losses)),
    pValue: entry.recipe.candidate === window.naiveCandidate ? null : dieboldMariano(advantage, data.step).pValue,
    gateP: null,
    coverage80: coverageAt(0.8, window, { ...entry, distribution }),
    coverage95: coverageAt(0.95, window, { ...entry, distribution }),
    seconds: entry.seconds,
    note: inputsNote(entry.recipe.parameters),
    classification:
      forecast.task === "classification" ? classificationScores(data, test, { validation, origins }) : null,
    distribution,
  };
}

/** Returns whether the distributions of a forecast are scored. */
export function hasDistributions({ metric, distribution }: Pick<Forecast, "metric" | "distribution">): boolean {
  return metric === "crps" || distribution !== undefined;
}

/** Returns the scores of a contender's distributions; null for a classification, and if the forecast does not declare any. */
function distributionScores(
  { data, forecast }: TestWindow,
  test: Scored,
  validation: Scored | null,
): Contender["distribution"] {
  const { form } = test;
  if (form === null || !hasDistributions(forecast)) return null;
  const scoring = { data, forecast };
  const scores = scoresOf(data, test.rows, {
    distributionAt: distributionsOf(scoring, test, form),
    decimals: forecast.target.decimals,
  });
  const validationCrps = validation && meanCrps(scoring, validation);
  if (form.kind === "changes") return { form: form.kind, validationCrps, ...scores };
  // A shape around a prediction defines neither the mean nor the probability of a change.
  const { rmse } = errorsOf(data, test.rows, test.predictions);
  return { form: form.kind, validationCrps, ...scores, rmse, probabilities: null };
}

/** Returns the share of the window's values inside the interval of a level that was learned on validation. */
function coverageAt(
  level: number,
  { data, forecast, rows }: TestWindow,
  { validation, test, distribution }: Entry & Pick<Contender, "distribution">,
): number | null {
  if (validation === null || forecast.task === "classification") return null;
  if (distribution !== null && test.changes !== null) return distribution.coverage[percentOf(level)] ?? null;
  const options = { ...intervalOptions(forecast, data), levels: [level] };
  const { holdLast } = options;
  const learned = missesOf(data, validation.rows, { predictions: validation.predictions, holdLast });
  const [width] = widthsOf(validation.rows, learned, options);
  const misses = missesOf(data, rows, { predictions: test.predictions, holdLast });
  return width === undefined ? null : coverageOf(width, { rows, misses }, options);
}

/** Returns the rows of a range whose target period is after `period`, for example after a file's training data. O(rows). */
export function rowsAfter(data: Dataset, { from, to }: RowRange, period: string): RowRange {
  let first = from;
  while (first < to && (data.periods[data.period[first] ?? 0] ?? "") <= period) first++;
  return { from: first, to };
}

/** Returns the part of a window for these rows, which have to end with the window. */
export function narrowed(window: TestWindow, rows: RowRange): TestWindow {
  const cut = rows.from - window.rows.from;
  const part = (scored: Scored): Scored => ({
    ...slicePredicted(scored, cut),
    rows,
    form: scored.form,
    losses: scored.losses.subarray(cut),
  });
  return { ...window, rows, naive: part(window.naive), incumbent: window.incumbent && part(window.incumbent) };
}

/** Returns the losses of a challenger, the baseline and the champion by period. */
export function evidenceOfWindow(window: TestWindow, challenger: Pick<Scored, "losses">): Evidence {
  const { periods, rows, losses } = periodLosses(window, challenger);
  return {
    periods: [...periods],
    rows: [...rows],
    horizon: window.data.step,
    challenger: [...losses],
    naive: [...periodLosses(window, window.naive).losses],
    incumbent: window.incumbent && [...periodLosses(window, window.incumbent).losses],
  };
}

type ScoredRows = Pick<TestWindow, "data" | "forecast" | "rows">;

/** Returns the error of the median period, in the unit of the forecast's metric. A few outliers do not move it. */
export function medianError(window: ScoredRows, scored: Pick<Scored, "losses">): number {
  const middle = median(periodLosses(window, scored).losses);
  return window.forecast.metric === "rmse" ? Math.sqrt(middle) : middle;
}

export function periodLosses({ data, rows }: ScoredRows, { losses }: Pick<Scored, "losses">): PeriodLosses {
  return lossesByPeriod(data, rows, (row) => losses[row] ?? Number.NaN);
}

/** Returns how intervals are learned for a forecast. A missing or tiny scale is replaced by the tolerance. */
export function intervalOptions(forecast: Forecast, data: Dataset): IntervalOptions {
  const tolerance = toleranceOf(forecast);
  const { levels, scaledBy, holdLast } = forecast.intervals;
  if (scaledBy === null) return { levels, tolerance, holdLast, scales: null };
  const values = featureValues(data, scaledBy, { from: 0, to: data.rows });
  const scales = Float64Array.from(values, (value) => Math.max(Number.isNaN(value) ? 0 : value, tolerance));
  return { levels, tolerance, holdLast, scales };
}
