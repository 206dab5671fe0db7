/** The one place where features are computed: in training, in batches and for a request. */
import { calendarPart } from "./calendar-part.ts";
import { changeShare, lastChange, sinceChange } from "./changes.ts";
import { type Feature, variableOf } from "./feature.ts";
import { category, difference, lag, logDifference, logRatio, seasonalLag } from "./lags.ts";
import { type Past, type PastSeries, type PastValues, valuesOf } from "./panel.ts";
import { peersChange, peersChangedShare } from "./peers.ts";
import {
  logStepStandardDeviation,
  rollingMax,
  rollingMean,
  rollingMin,
  rollingStandardDeviation,
  stepStandardDeviation,
  weightedMean,
} from "./rolling.ts";

/** One entry a series of the past, in its order. A float's NaN is a missing value. */
export type FeatureValues =
  | { readonly dtype: "float"; readonly values: Float32Array }
  | { readonly dtype: "string"; readonly values: readonly string[] };

/**
 * Bump when a feature's numbers change for the same declaration: models trained before are then refused instead of
 * being fed other numbers than they learned from. A test holds the numbers of this version.
 */
export const featureCodeVersion = 1;

/** A feature as a function of one series and its position in the past. */
type OfSeries =
  | { readonly dtype: "float"; of(series: PastSeries, index: number): number }
  | { readonly dtype: "string"; of(series: PastSeries): string };

/** One feature for every series at once. O(series × periods). */
export function computeFeature(feature: Feature, past: Past): FeatureValues {
  const each = ofSeries(feature, past);
  if (each.dtype === "string") return { dtype: "string", values: past.series.map((series) => each.of(series)) };
  const values = new Float32Array(past.series.length);
  past.series.forEach((series, index) => {
    values[index] = each.of(series, index);
  });
  return { dtype: "float", values };
}

/** One feature, computed for a series when it is first asked for: the same numbers as `computeFeature`. */
export class LazyFeature {
  readonly #feature: Feature;
  readonly #past: Past;
  #each: OfSeries | null = null;
  readonly #known: (number | string)[] = [];

  constructor(feature: Feature, past: Past) {
    this.#feature = feature;
    this.#past = past;
  }

  /** Of the series at a position of the past; NaN where there is none. */
  at(index: number): number | string {
    const known = this.#known[index];
    if (known !== undefined) return known;
    const series = this.#past.series[index];
    if (series === undefined) return Number.NaN;
    this.#each ??= ofSeries(this.#feature, this.#past);
    const value = this.#each.dtype === "string" ? this.#each.of(series) : Math.fround(this.#each.of(series, index));
    this.#known[index] = value;
    return value;
  }
}

function ofSeries(feature: Feature, past: Past): OfSeries {
  const { tolerance, target } = past;
  const each = (of: (series: PastSeries, index: number) => number): OfSeries => ({ dtype: "float", of });
  const variable = variableOf(feature);
  const ofValues = (value: (values: PastValues) => number) => each((series) => value(valuesOf(series, variable)));
  switch (feature.kind) {
    case "lag":
      return ofValues((values) => lag(values, feature.periods));
    case "difference":
      return ofValues((values) => difference(values, feature.periods));
    case "log-difference":
      return ofValues((values) => logDifference(values, feature.periods));
    case "seasonal-lag":
      return ofValues((values) => seasonalLag(values, feature.periods));
    case "rolling-mean":
      return ofValues((values) => rollingMean(values, feature.periods));
    case "rolling-std":
      return ofValues((values) => rollingStandardDeviation(values, feature.periods));
    case "rolling-min":
      return ofValues((values) => rollingMin(values, feature.periods));
    case "rolling-max":
      return ofValues((values) => rollingMax(values, feature.periods));
    case "log-from-mean":
      return ofValues((values) => logRatio(lag(values, 1), rollingMean(values, feature.periods)));
    case "log-from-min":
      return ofValues((values) => logRatio(lag(values, 1), rollingMin(values, feature.periods)));
    case "log-from-max":
      return ofValues((values) => logRatio(lag(values, 1), rollingMax(values, feature.periods)));
    case "step-std":
      return ofValues((values) => stepStandardDeviation(values, feature.periods));
    case "log-step-std":
      return ofValues((values) => logStepStandardDeviation(values, feature.periods));
    case "weighted-mean":
      return ofValues((values) => weightedMean(values, feature.periods, feature.halfLife));
    case "since-change":
      return each((series) => sinceChange(series, feature.periods, tolerance));
    case "last-change":
      return each((series) => lastChange(series, feature.periods, tolerance));
    case "change-share":
      return each((series) => changeShare(series, feature.periods, tolerance));
    case "calendar": {
      const value = calendarPart(feature.part, target, past.periods.at(-1) ?? null);
      return each(() => value);
    }
    case "category":
      return { dtype: "string", of: (series) => category(past, series, feature.dimension) };
    case "peers-change":
      return ofAll(peersChange(past, feature.dimensions));
    case "peers-changed-share":
      return ofAll(peersChangedShare(past, feature.dimensions));
  }
}

/** What is computed for all series at once. */
function ofAll(values: readonly number[]): OfSeries {
  return { dtype: "float", of: (_, index) => values[index] ?? Number.NaN };
}
