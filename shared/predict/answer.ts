/** Builds an answer with all numbers of a row: the prediction, its distribution or its intervals, and its features. */
import type { PredictionWithFeatures } from "../api/predict.ts";
import type { Attribution } from "../explain/attribution.ts";
import type { Explainer } from "../explain/explainer.ts";
import { lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import { changeOutput } from "../onnx/outputs.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { baselineProbability, classify } from "./classify.ts";
import { extraDecimals, roundTo, shortestDecimal } from "./decimal.ts";
import type { Described } from "./described.ts";
import { addDistribution, describedRow } from "./described-row.ts";
import type { Evaluation } from "./evaluate.ts";
import { addIntervals, missedPeriods, outdatedNote } from "./intervals.ts";
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
  return rows.map((row, at) => predictionOf(snapshot, row, { ...evaluation, at, rows: rows.length }));
}

interface EvaluatedRow extends Explainable {
  readonly at: number;
  readonly rows: number;
}

/** Sets members one by one: most depend on the forecast, and merging objects takes longer than evaluating a forest. */
function predictionOf(snapshot: Snapshot, row: Row, evaluated: EvaluatedRow): PredictionWithFeatures {
  const { forecast, model } = snapshot;
  const { card } = model;
  const { inputs, outputs, explain, at } = evaluated;
  const value = evaluated.predictions[at] ?? Number.NaN;
  const cached = snapshot.seriesCache.find(row);
  const features = cached?.features ?? answeredFeatures(snapshot, inputs, at);
  const last = row.start?.last ?? observedLast(snapshot, row);
  const lastFeature = features[lastFeatureOf(forecast)];
  const baseline = typeof lastFeature === "number" ? lastFeature : (last?.value ?? null);
  const described = describedRow(snapshot, row, { ...evaluated, baseline, last });
  const point = shortestDecimal(value);
  const prediction = described === null ? point : (described.median ?? pointWithoutDistribution(point, baseline));
  const answer: Record<string, unknown> = { series: cached?.series ?? seriesOf(forecast, row) };
  answer[card.output] = prediction;
  if (described !== null) answer.expected = described.mean;
  const classification = classify(card, value);
  if (classification !== null) {
    answer.label = classification.label;
    answer.threshold = classification.threshold;
  }
  answer.unit = card.unit;
  if (forecast.differenceOutput !== undefined)
    answer[forecast.differenceOutput] = differenceOf(forecast, prediction, baseline);
  if (described !== null) addDistribution(answer, described, row, forecast);
  else {
    const note = outdatedNote(missedPeriods(snapshot, row, last), last);
    addIntervals(answer, card, prediction, { forecast, scale: scaleOf(snapshot, row), baseline, outdatedNote: note });
    if (row.above !== undefined) answer.above = withoutDistribution(row.above, card.version);
    const changes = outputs[changeOutput];
    if (forecast.change !== null)
      answer.change_probability = changes === undefined ? null : shortestDecimal(changes[at] ?? Number.NaN);
  }
  answer.naive = card.decision ? baselineProbability(card, baseline) : baseline;
  answer.last = last;
  if (explain && point !== null)
    answer.explanation = explanationOf(
      snapshot,
      explainedOf(snapshot, point, described),
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

/** Returns the prediction of the file for a row without a distribution; null if there is no last value to predict from. */
function pointWithoutDistribution(point: number | null, baseline: number | null): number | null {
  return baseline === null ? null : point;
}

function withoutDistribution(value: number, version: string): NonNullable<PredictionWithFeatures["above"]> {
  return { value, probability: null, note: `version ${version} has no distribution` };
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

/** The number that an explanation adds up to. */
interface Explained {
  /** The name of its member in the answer. */
  readonly name: string;
  readonly value: number;
  /** The prediction of the model file, which the attribution has to reproduce. */
  readonly point: number;
}

/** The output of the file is the mean, which contributions can add up to; a median has none. */
function explainedOf({ model }: Snapshot, point: number, described: Described | null): Explained {
  return described === null || described.mean === null
    ? { name: model.card.output, value: point, point }
    : { name: "expected", value: described.mean, point };
}

/** Allowed relative difference between the attribution's sum and the prediction: float32 sums of some hundred trees. */
const attributionTolerance = 1e-4;

/** Decimals of a contribution: more than the precision of a price in float32. */
const contributionDecimals = 8;

function explanationOf(
  { model }: Snapshot,
  explained: Explained,
  { by, value, exact }: Attribution,
): NonNullable<PredictionWithFeatures["explanation"]> {
  const contributions: Record<string, number> = {};
  let sum = 0;
  model.inputs.forEach(({ name }, at) => {
    const contribution = roundTo(by[at] ?? 0, contributionDecimals);
    contributions[name] = contribution;
    sum += contribution;
  });
  const agrees = Math.abs(value - explained.point) <= attributionTolerance * Math.max(1, Math.abs(explained.point));
  // The model adds in float32. The rounding error goes to the base, so that base and contributions add up to the explained
  // number. That would hide wrong contributions, so `exact` also requires that the attribution reproduces the prediction.
  const base = roundTo(explained.value - sum, contributionDecimals);
  return { of: explained.name, base, contributions, exact: exact && agrees };
}

/** Returns the factor of the half-widths, by the same rule as in training; NaN if the feature that scales them is missing. */
function scaleOf(snapshot: Snapshot, row: Row): number {
  const { forecast } = snapshot;
  const declared = forecast.features.find(({ name }) => name === forecast.intervals.scaledBy);
  return declared === undefined ? 1 : Math.max(Number(featureOf(snapshot, declared, row)), toleranceOf(forecast));
}
