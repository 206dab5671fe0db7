/** Turns predictions into distributions and losses by the forecast's metric. Every contender is scored by these functions. */

import { featureValues } from "../candidates/encoding.ts";
import { crps } from "../distributions/crps.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { type DistributionForm, rowDistribution } from "../distributions/form.ts";
import { centredShapeOf, shapeOf } from "../distributions/location-scale.ts";
import { fromUnits, toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import type { Predicted } from "./predicted.ts";
import { lossBy, missesOf, residualsOf } from "./score.ts";

export interface Scoring {
  readonly forecast: Pick<Forecast, "task" | "metric" | "target" | "intervals" | "distribution">;
  readonly data: Dataset;
}

/** Predictions with the rows that they are for. */
export interface RowPredictions extends Predicted {
  readonly rows: RowRange;
}

/** Predictions with their losses. */
export interface Scored extends RowPredictions {
  /** How the predictions become distributions; null for a classification. */
  readonly form: DistributionForm | null;
  /** One per row, by the forecast's metric. */
  readonly losses: Float64Array;
}

/**
 * Returns how the predictions of a contender become distributions. A model with a distribution of changes has its own. For
 * others the errors of `earlier` are the shape: rolling-origin predictions. If the forecast declares several scales, the one with
 * the lowest CRPS on these rows is used. Null for a classification. O(scales · rows · errors).
 */
export function formOf(scoring: Scoring, earlier: RowPredictions): DistributionForm | null {
  const { task, distribution, intervals } = scoring.forecast;
  if (task === "classification") return null;
  const positive = distribution?.positive ?? false;
  if (earlier.changes !== null) return { kind: "changes", positive };
  const scales = distribution?.kind === "location-scale" ? (distribution.scales ?? []) : [];
  const forms = (scales.length > 0 ? scales : [intervals.scaledBy]).map((scaledBy): DistributionForm => {
    const kind = intervals.holdLast ? "symmetric" : "location-scale";
    return { kind, positive, scaledBy, shape: shapeFor(kind, scaledErrors(scoring, earlier, { kind, scaledBy })) };
  });
  const [first = null, ...others] = forms;
  if (first === null || others.length === 0) return first;
  const scoreOf = (form: DistributionForm) => meanOf(crpsOf(scoring, earlier, form));
  return forms.map((form) => ({ form, score: scoreOf(form) })).reduce((a, b) => (b.score < a.score ? b : a)).form;
}

/** Returns the shape of errors. That of `symmetric` has absolute errors, so it has no centre. */
function shapeFor(kind: "location-scale" | "symmetric", errors: Float64Array): number[] {
  return kind === "symmetric" ? shapeOf(errors) : centredShapeOf(errors);
}

/** Returns the errors of predictions, divided by their scale; for `symmetric` their absolute values. */
function scaledErrors(
  { data, forecast }: Scoring,
  { rows, predictions }: RowPredictions,
  { kind, scaledBy }: { readonly kind: "location-scale" | "symmetric"; readonly scaledBy: string | null },
): Float64Array {
  const scaleAt = scaleOf(data, toleranceOf(forecast), scaledBy);
  const errors =
    kind === "symmetric"
      ? missesOf(data, rows, { predictions, holdLast: true }).map(Math.abs)
      : residualsOf(data, rows, predictions);
  return errors.map((error, i) => error / scaleAt(rows.from + i));
}

/** Returns the scale of a row: the feature, or half a unit of the published digit where it is smaller or missing. */
function scaleOf(data: Dataset, tolerance: number, scaledBy: string | null): (row: number) => number {
  if (scaledBy === null) return () => 1;
  const values = featureValues(data, scaledBy, { from: 0, to: data.rows });
  return (row) => Math.max(Number.isNaN(values[row]) ? 0 : (values[row] ?? 0), tolerance);
}

/** Returns the distribution of the i-th of these rows, in whole units. */
export function distributionsOf(
  { data, forecast }: Scoring,
  { rows, predictions, changes }: RowPredictions,
  form: DistributionForm,
): (i: number) => Distribution {
  const of = rowDistribution(form, forecast.target.decimals);
  const scaleAt = scaleOf(data, toleranceOf(forecast), form.kind === "changes" ? null : form.scaledBy);
  const width = changes?.width ?? 0;
  return (i) =>
    of({
      last: data.last[rows.from + i] ?? Number.NaN,
      prediction: predictions[i] ?? Number.NaN,
      scale: scaleAt(rows.from + i),
      changes: changes?.changes.subarray(i * width, (i + 1) * width) ?? null,
      masses: changes?.masses.subarray(i * width, (i + 1) * width) ?? null,
    });
}

/** Returns the CRPS of each row, in the target's unit. O(rows · size of a distribution). */
function crpsOf(scoring: Scoring, predicted: RowPredictions, form: DistributionForm): Float64Array {
  const { data, forecast } = scoring;
  const { decimals } = forecast.target;
  const distributionAt = distributionsOf(scoring, predicted, form);
  return predicted.predictions.map((_, i) => {
    const outcome = toUnits(data.target[predicted.rows.from + i] ?? Number.NaN, decimals);
    return fromUnits(crps(distributionAt(i), outcome), decimals);
  });
}

/** Returns the mean CRPS of scored predictions, in the target's unit; null for a classification. */
export function meanCrps(scoring: Scoring, predicted: Scored): number | null {
  if (scoring.forecast.metric === "crps") return meanOf(predicted.losses);
  return predicted.form && meanOf(crpsOf(scoring, predicted, predicted.form));
}

/** Returns the predictions with their losses by the forecast's metric. `form` is learned from other rows, or from earlier ones. */
export function withLosses(scoring: Scoring, predicted: RowPredictions, form: DistributionForm | null): Scored {
  const { forecast, data } = scoring;
  const { rows, predictions, changes } = predicted;
  const { metric } = forecast;
  if (metric === "crps") {
    if (form === null) throw new RangeError("a classification has no CRPS: expected the metric brier");
    return { rows, predictions, changes, form, losses: crpsOf(scoring, predicted, form) };
  }
  const losses = residualsOf(data, rows, predictions).map((error) => lossBy(metric, error));
  return { rows, predictions, changes, form, losses };
}

/** Returns the predictions with their losses. The shape is that of their own errors, so use it for rows that only rank trials. */
export function scoredByOwnErrors(scoring: Scoring, predicted: RowPredictions): Scored {
  return withLosses(scoring, predicted, formOf(scoring, predicted));
}

/**
 * Scores predictions without earlier ones, as of an imported file: the shape of the even periods are the errors of the odd ones,
 * and the reverse. A shape from the scored rows themselves would favour the file.
 */
export function scoredByOtherPeriods(scoring: Scoring, predicted: RowPredictions): Scored {
  const { forecast, data } = scoring;
  const whole = scoredByOwnErrors(scoring, predicted);
  const { form } = whole;
  if (forecast.metric !== "crps" || form === null || form.kind === "changes") return whole;
  const { rows, predictions } = predicted;
  const isOdd = (i: number) => (data.period[rows.from + i] ?? 0) % 2 === 1;
  const errors = scaledErrors(scoring, predicted, form);
  const byParity = [false, true].map((odd) => errors.filter((_, i) => isOdd(i) === odd));
  const [even, odd] = byParity.map((own, i) => shapeFor(form.kind, own.length > 0 ? own : (byParity[1 - i] ?? errors)));
  const lossesOf = (shape: readonly number[] = form.shape) => crpsOf(scoring, predicted, { ...form, shape });
  const [byOdd, byEven] = [lossesOf(odd), lossesOf(even)];
  return { ...whole, losses: predictions.map((_, i) => (isOdd(i) ? byEven[i] : byOdd[i]) ?? Number.NaN) };
}

/** Returns the error of a contender from its losses: their mean, or for RMSE the root of the mean. */
export function errorOf(metric: Forecast["metric"], losses: Float64Array): number {
  const mean = meanOf(losses);
  return metric === "rmse" ? Math.sqrt(mean) : mean;
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
