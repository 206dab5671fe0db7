/** The series of a report: their last value, their steps, and what a reader must know about each. */
import type { Prediction } from "../api/predict.ts";
import type { ReportSeries, StepForecast } from "../api/report-model.ts";
import type { Profile } from "../drift/profile.ts";
import type { PanelSeries } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { roundTo } from "../predict/decimal.ts";
import { median } from "../stats/median.ts";

export interface SeriesContext {
  readonly forecast: Forecast;
  readonly periods: readonly string[];
  /** The predictions of a series by the joined values of its dimensions. */
  readonly predictions: ReadonlyMap<string, Prediction>;
  steps(prediction: Prediction, is: readonly string[]): StepForecast[];
  /** The training data's distribution of each input; empty if it is not available. */
  readonly profile: readonly Profile[];
}

/** Joins values of dimensions to a key. */
export function seriesKey(is: readonly string[]): string {
  return is.join("\u0000");
}

/** Returns one series of the panel with its prediction, if it has one. O(periods + features). */
export function reportSeries({ is, values }: PanelSeries, context: SeriesContext): ReportSeries {
  const { forecast, periods, predictions, profile } = context;
  const at = values.findLastIndex((value) => !Number.isNaN(value));
  const prediction = predictions.get(seriesKey(is));
  return {
    is: [...is],
    last: at < 0 ? null : { period: periods[at] ?? "", value: values[at] ?? 0 },
    steps: prediction ? context.steps(prediction, is) : [],
    outside: prediction?.features ? featuresOutside(prediction.features, profile) : [],
    usualChange: usualChange(values, forecast),
    note: prediction?.interval_note ?? null,
  };
}

/** Returns the median size of the changes between consecutive values that are not missing; null without a change. */
function usualChange(values: Float64Array, forecast: Forecast): number | null {
  const tolerance = toleranceOf(forecast);
  const sizes: number[] = [];
  let last = Number.NaN;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const size = Math.abs(value - last);
    if (size > tolerance) sizes.push(size);
    last = value;
  }
  return sizes.length === 0 ? null : roundTo(median(sizes), forecast.target.decimals);
}

type Features = NonNullable<Prediction["features"]>;

/** Returns the names of features above the maximum or below the minimum of training, or with a category that it did not have. */
function featuresOutside(features: Features, profile: readonly Profile[]): string[] {
  return profile.flatMap((one) => {
    const value = features[one.name];
    if (value === null || value === undefined) return [];
    if (one.dtype === "string") return Object.hasOwn(one.counts, value) ? [] : [one.name];
    const { minimum, maximum } = one;
    if (minimum === null || maximum === null || typeof value !== "number") return [];
    // Training used float32, so a value at the bound may differ in its last digits.
    const slack = 1e-6 * Math.max(Math.abs(minimum), Math.abs(maximum));
    return value < minimum - slack || value > maximum + slack ? [one.name] : [];
  });
}
