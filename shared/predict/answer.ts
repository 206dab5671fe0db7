/** Builds the predictions of an answer: the value, its intervals and the features that it was computed from. */
import type { PredictionWithFeatures } from "../api/predict.ts";
import type { Attribution } from "../explain/attribution.ts";
import type { Explainer } from "../explain/explainer.ts";
import { lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import type { ServedCard, ServingDeclaration } from "../registry/served.ts";
import { classified, naiveProbability } from "./classify.ts";
import { roundTo, shortestDecimal } from "./decimal.ts";
import type { Evaluation } from "./evaluate.ts";
import type { Row } from "./row.ts";
import { answeredFeatures, featureOf, seriesOf } from "./row-inputs.ts";
import type { KnownSeries, Snapshot } from "./snapshot.ts";

export interface Explainable extends Evaluation {
  /** Null if no explanation was requested. */
  readonly explain: Explainer | null;
}

/** Returns one prediction per row, in order. O(rows × features), and O(rows × model) for explanations. */
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
  const given = features[lastFeatureOf(forecast)];
  const naive = typeof given === "number" ? given : (last?.value ?? null);
  const answer: Record<string, unknown> = { series: cached?.series ?? seriesOf(forecast, row) };
  answer[card.output] = prediction;
  const found = classified(card, value);
  if (found !== null) {
    answer.label = found.label;
    answer.threshold = found.threshold;
  }
  answer.unit = card.unit;
  if (forecast.differenceOutput !== undefined)
    answer[forecast.differenceOutput] = differenceOf(forecast, prediction, naive);
  addIntervals(answer, card, prediction, {
    forecast,
    scale: scaleOf(snapshot, row),
    naive,
    outdated: outdated(snapshot, row, last),
  });
  if (forecast.change !== null)
    answer.change_probability =
      evaluation.changes === null ? null : shortestDecimal(evaluation.changes[at] ?? Number.NaN);
  answer.naive = card.decision ? naiveProbability(card, naive) : naive;
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

/** Returns the prediction minus the last value, or null if one of them is missing. */
function differenceOf({ target }: ServingDeclaration, prediction: number | null, naive: number | null): number | null {
  return prediction === null || naive === null ? null : roundTo(prediction - naive, target.decimals + extraDecimals);
}

/** Relative tolerance between the attribution's value and the prediction: float32 sums of some hundred trees. */
const attributionTolerance = 1e-4;

/** Decimals of a contribution, more than float32 resolves for a price. */
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
  // The model adds in float32, so the base takes the rounding difference and the sum is exact. Contributions are only
  // reported as exact if the attribution itself gives the prediction.
  return { base: roundTo(prediction - sum, contributionDecimals), contributions, exact: exact && agrees };
}

/** Additional decimals of an interval's ends, compared with a published value. */
const extraDecimals = 4;

interface Width {
  readonly forecast: ServingDeclaration;
  /** Factor of the half-widths; NaN if it is missing. */
  readonly scale: number;
  /** The last value, if it is known. */
  readonly naive: number | null;
  /** Why the last value is too old for an interval; null if it is not. */
  readonly outdated: string | null;
}

/** Widths are learned from consecutive values. In real data a series misses at most one publication. */
const missedMax = 2;

/** Returns a note if the series ended before the publication did, because the prediction is then many steps ahead. */
function outdated({ forecast, periods }: Snapshot, row: Row, last: KnownSeries["last"]): string | null {
  const isGiven = row.start !== undefined || row.hypothetical || row.overrides.has(lastFeatureOf(forecast));
  if (last === null || isGiven) return null;
  const missed = periods.length - 1 - periods.lastIndexOf(last.period);
  return missed <= missedMax
    ? null
    : `no width is known: the last value is of ${last.period}, ${missed} periods before the newest`;
}

export function intervalName(level: number): string {
  return `interval${Math.round(level * 1000) / 10}`;
}

/** Adds one interval per level of the card, for example `interval80: [low, high]`; null if no width is known. */
function addIntervals(
  answer: Record<string, unknown>,
  { intervals, intervalsHoldLast, unchangedShare }: ServedCard,
  prediction: number | null,
  { forecast, scale, naive, outdated }: Width,
): void {
  const decimals = forecast.target.decimals + extraDecimals;
  // A target with a logarithm is always above 0.
  const least = forecast.target.transform === "log-difference" ? 0 : Number.NEGATIVE_INFINITY;
  const value = prediction ?? Number.NaN;
  const other = intervalsHoldLast ? (naive ?? value) : value;
  const [low, high] = [Math.min(value, other), Math.max(value, other)];
  for (const { level, halfWidth } of intervals) {
    const reach = (halfWidth ?? Number.NaN) * scale;
    answer[intervalName(level)] =
      prediction === null || Number.isNaN(reach) || outdated !== null
        ? null
        : [roundTo(Math.max(low - reach, least), decimals), roundTo(high + reach, decimals)];
  }
  if (Number.isNaN(scale)) answer.interval_note = `no width is known without ${forecast.intervals.scaledBy}`;
  const widthless = intervals.find(({ zeroWidth }) => zeroWidth);
  if (outdated !== null && intervals.length > 0) answer.interval_note = outdated;
  else if (widthless)
    answer.interval_note = `unchanged in ${Math.round((unchangedShare ?? widthless.atomShare) * 100)} % of cases`;
}

/** Returns the factor of the half-widths, by the same rule as when they were learned; NaN if it is missing. */
function scaleOf(snapshot: Snapshot, row: Row): number {
  const { forecast } = snapshot;
  const declared = forecast.features.find(({ name }) => name === forecast.intervals.scaledBy);
  return declared === undefined ? 1 : Math.max(Number(featureOf(snapshot, declared, row)), toleranceOf(forecast));
}
