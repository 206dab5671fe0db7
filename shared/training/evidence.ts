/** Scores predictions on the test window: rows of the leaderboard, and the losses by period for the gate. */

import { featureValues } from "../candidates/encoding.ts";
import { inputsNote } from "../candidates/inputs.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { classificationScores } from "../judging/classification.ts";
import { lossesByPeriod, type PeriodLosses } from "../judging/losses.ts";
import { coverageOf, errorBy, errorsOf, type IntervalOptions, lossBy, missesOf, widthsOf } from "../judging/score.ts";
import type { Contender, Evidence } from "../registry/card.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { median } from "../stats/median.ts";
import { skill } from "../stats/skill.ts";
import type { RecipeChoice } from "./job.ts";
import { recipeOf } from "./recipe.ts";

/** The scored rows, which are the same for all contenders, with the predictions of the baseline and the champion. */
export interface TestWindow {
  readonly data: Dataset;
  readonly forecast: Forecast;
  readonly rows: RowRange;
  readonly naive: Float64Array;
  /** Candidate of the baseline. */
  readonly naiveCandidate: string;
  readonly incumbent: Float64Array | null;
}

export interface Entry {
  readonly name: string;
  readonly recipe: RecipeChoice;
  /** Predictions for the rows of the window. */
  readonly predictions: Float64Array;
  readonly seconds: number;
  /** Rows and predictions for learning its intervals; null if it was not scored on validation. */
  readonly validation: { readonly rows: RowRange; readonly predictions: Float64Array } | null;
}

/** Returns a row of the leaderboard. */
export function lineOf(window: TestWindow, entry: Entry): Contender {
  const { data, forecast, rows } = window;
  const errors = errorsOf(data, rows, entry.predictions);
  const naiveErrors = errorsOf(data, rows, window.naive);
  const naiveLosses = periodLosses(window, window.naive).losses;
  const advantage = periodLosses(window, entry.predictions).losses.map((loss, i) => (naiveLosses[i] ?? 0) - loss);
  return {
    name: entry.name,
    candidate: entry.recipe.candidate,
    recipe: recipeOf(forecast, entry.recipe).id,
    validationRmse: entry.validation && errorsOf(data, entry.validation.rows, entry.validation.predictions).rmse,
    validationMedian:
      entry.validation && medianError({ data, forecast, rows: entry.validation.rows }, entry.validation.predictions),
    ...errors,
    skill: skill(errorBy(forecast.metric, errors), errorBy(forecast.metric, naiveErrors)),
    pValue: entry.recipe.candidate === window.naiveCandidate ? null : dieboldMariano(advantage, data.step).pValue,
    gateP: null,
    coverage80: coverageAt(0.8, window, entry),
    coverage95: coverageAt(0.95, window, entry),
    seconds: entry.seconds,
    note: inputsNote(entry.recipe.parameters),
    classification:
      forecast.task === "classification"
        ? classificationScores(data, { rows, predictions: entry.predictions }, entry.validation)
        : null,
  };
}

/** Returns the share of the window's values inside the interval of a level that was learned on validation. */
function coverageAt(
  level: number,
  { data, forecast, rows }: TestWindow,
  { validation, predictions }: Entry,
): number | null {
  if (validation === null || forecast.task === "classification") return null;
  const options = { ...intervalOptions(forecast, data), levels: [level] };
  const { holdLast } = options;
  const learned = missesOf(data, validation.rows, { predictions: validation.predictions, holdLast });
  const [width] = widthsOf(validation.rows, learned, options);
  return width === undefined
    ? null
    : coverageOf(width, { rows, misses: missesOf(data, rows, { predictions, holdLast }) }, options);
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
  return { ...window, rows, naive: window.naive.subarray(cut), incumbent: window.incumbent?.subarray(cut) ?? null };
}

/** Returns the losses of a challenger, the baseline and the champion by period. */
export function evidenceOf(window: TestWindow, challenger: Float64Array): Evidence {
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
export function medianError(window: ScoredRows, predictions: Float64Array): number {
  const middle = median(periodLosses(window, predictions).losses);
  return window.forecast.metric === "rmse" ? Math.sqrt(middle) : middle;
}

export function periodLosses({ data, forecast, rows }: ScoredRows, predictions: Float64Array): PeriodLosses {
  return lossesByPeriod(data, rows, (row) => {
    const error = (data.target[rows.from + row] ?? Number.NaN) - (predictions[row] ?? Number.NaN);
    return lossBy(forecast.metric, error);
  });
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
