/** Builds an answer from numbers: the prediction, its intervals, and its features. */
import type { PredictionWithFeatures } from "../api/predict.ts";
import type { Attribution } from "../explain/attribution.ts";
import type { Explainer } from "../explain/explainer.ts";
import { lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import type { ServedCard, ServingDeclaration } from "../registry/served.ts";
import { baselineProbability, classify } from "./classify.ts";
import { roundTo, shortestDecimal } from "./decimal.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Row } from "./row.ts";
import { answeredFeatures, featureOf, seriesOf } from "./row-inputs.ts";
import type { KnownSeries, Snapshot } from "./snapshot.ts";

export interface Explainable extends Evaluation {
  /** Null if no explanation was requested. */
  readonly explain: Explainer | null;
}

/** Returns one prediction per row, in the order of the rows. O(rows × features), and O(rows × model) for explanations. */
export function predictionsOf(
  snapshot: Snapshot,
  rows: readonly Row[],
  evaluation: Explainable,
): PredictionWithFeatures[] {
  return rows.map((row, at) => predictionOf(snapshot, row, evaluation, at));
}

/** Sets members one by one: most depend on the forecast, and merging objects takes longer than evaluating a forest. */
function predictionOf(snapshot: Snapshot, row: Row, evaluation: Explainable, at: number): PredictionWithFeatures {
  const { forecast, model } = snapshot;
  const { card } = model;
  const { inputs, explain } = evaluation;
  const value = evaluation.predictions[at] ?? Number.NaN;
  const cached = snapshot.seriesCache.find(row);
  const features = cached?.features ?? answeredFeatures(snapshot, inputs, at);
  const prediction = shortestDecimal(value);
  const last = row.start?.last ?? observedLast(snapshot, row);
  const lastFeature = features[lastFeatureOf(forecast)];
  const baseline = typeof lastFeature === "number" ? lastFeature : (last?.value ?? null);
  const answer: Record<string, unknown> = { series: cached?.series ?? seriesOf(forecast, row) };
  answer[card.output] = prediction;
  const classification = classify(card, value);
  if (classification !== null) {
    answer.label = classification.label;
    answer.threshold = classification.threshold;
  }
  answer.unit = card.unit;
  if (forecast.differenceOutput !== undefined)
    answer[forecast.differenceOutput] = differenceOf(forecast, prediction, baseline);
  addIntervals(answer, card, prediction, {
    forecast,
    scale: scaleOf(snapshot, row),
    baseline,
    outdatedNote: outdatedNote(snapshot, row, last),
  });
  if (forecast.change !== null)
    answer.change_probability =
      evaluation.changes === null ? null : shortestDecimal(evaluation.changes[at] ?? Number.NaN);
  answer.naive = card.decision ? baselineProbability(card, baseline) : baseline;
  answer.last = last;
  if (explain && prediction !== null)
    answer.explanation = explanationOf(
      snapshot,
      prediction,
      explain((name) => inputs[name]?.[at] ?? Number.NaN),
    );
  if (row.hypothetical) answer.hypothetical = true;
  if (row.hypothetical || row.target !== snapshot.target) answer.target_period = row.target;
  answer.features = features;
  return answer as PredictionWithFeatures;
}

function observedLast(snapshot: Snapshot, { position, hypothetical }: Row): KnownSeries["last"] {
  return position === null || hypothetical ? null : (snapshot.series[position]?.last ?? null);
}

/** Returns the prediction minus the last value; null if one of them is missing. */
function differenceOf(
  { target }: ServingDeclaration,
  prediction: number | null,
  baseline: number | null,
): number | null {
  if (prediction === null || baseline === null) return null;
  return roundTo(prediction - baseline, target.decimals + extraDecimals);
}

/** Allowed relative difference between the attribution's sum and the prediction: float32 sums of some hundred trees. */
const attributionTolerance = 1e-4;

/** Decimals of a contribution: more than the precision of a price in float32. */
const contributionDecimals = 8;

function explanationOf(
  { model }: Snapshot,
  prediction: number,
  { by, value, exact }: Attribution,
): NonNullable<PredictionWithFeatures["explanation"]> {
  const contributions: Record<string, number> = {};
  let sum = 0;
  model.inputs.forEach(({ name }, at) => {
    const contribution = roundTo(by[at] ?? 0, contributionDecimals);
    contributions[name] = contribution;
    sum += contribution;
  });
  const agrees = Math.abs(value - prediction) <= attributionTolerance * Math.max(1, Math.abs(prediction));
  // The model adds in float32. The rounding error goes to the base, so that base and contributions add up to the prediction.
  // That would hide wrong contributions, so `exact` also requires that the attribution reproduces the prediction.
  return { base: roundTo(prediction - sum, contributionDecimals), contributions, exact: exact && agrees };
}

/** Additional decimals of a computed value, compared with a published one. */
const extraDecimals = 4;

interface IntervalContext {
  readonly forecast: ServingDeclaration;
  /** Factor of the half-widths; NaN if the feature that scales them is missing. */
  readonly scale: number;
  /** The last value; null if there is none. */
  readonly baseline: number | null;
  /** Why the last value is too old for an interval; null if it is recent enough. */
  readonly outdatedNote: string | null;
}

/** Widths are learned from consecutive values. Gaps in the real series are at most one publication long. */
const missedMax = 2;

/** Returns a note if the series has no recent values while others have: the prediction is then many steps ahead, not one. */
function outdatedNote({ forecast, periods }: Snapshot, row: Row, last: KnownSeries["last"]): string | null {
  const isSupplied = row.start !== undefined || row.hypothetical || row.overrides.has(lastFeatureOf(forecast));
  if (last === null || isSupplied) return null;
  const missed = periods.length - 1 - periods.lastIndexOf(last.period);
  return missed <= missedMax
    ? null
    : `no interval: the last value is of ${last.period}, ${missed} periods before the newest period`;
}

export function intervalName(level: number): string {
  return `interval${Math.round(level * 1000) / 10}`;
}

/** Adds one interval per level of the card, such as `interval80: [low, high]`; null if its width cannot be computed. */
function addIntervals(
  answer: Record<string, unknown>,
  { intervals, intervalsHoldLast, unchangedShare }: ServedCard,
  prediction: number | null,
  { forecast, scale, baseline, outdatedNote }: IntervalContext,
): void {
  const decimals = forecast.target.decimals + extraDecimals;
  // A value whose logarithm is forecast is above zero.
  const least = forecast.target.transform === "log-difference" ? 0 : Number.NEGATIVE_INFINITY;
  const value = prediction ?? Number.NaN;
  const other = intervalsHoldLast ? (baseline ?? value) : value;
  const [low, high] = [Math.min(value, other), Math.max(value, other)];
  for (const { level, halfWidth } of intervals) {
    const reach = (halfWidth ?? Number.NaN) * scale;
    answer[intervalName(level)] =
      prediction === null || Number.isNaN(reach) || outdatedNote !== null
        ? null
        : [roundTo(Math.max(low - reach, least), decimals), roundTo(high + reach, decimals)];
  }
  if (Number.isNaN(scale)) answer.interval_note = `no interval: the feature ${forecast.intervals.scaledBy} is missing`;
  const widthless = intervals.find(({ zeroWidth }) => zeroWidth);
  if (outdatedNote !== null && intervals.length > 0) answer.interval_note = outdatedNote;
  else if (widthless)
    answer.interval_note = `unchanged in ${Math.round((unchangedShare ?? widthless.atomShare) * 100)} % of cases`;
}

/** Returns the factor of the half-widths, by the same rule as in training; NaN if the feature that scales them is missing. */
function scaleOf(snapshot: Snapshot, row: Row): number {
  const { forecast } = snapshot;
  const declared = forecast.features.find(({ name }) => name === forecast.intervals.scaledBy);
  return declared === undefined ? 1 : Math.max(Number(featureOf(snapshot, declared, row)), toleranceOf(forecast));
}
