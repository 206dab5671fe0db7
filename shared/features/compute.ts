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

/** One feature for every series at once. O(series × periods). */
export function computeFeature(feature: Feature, past: Past): FeatureValues {
  const { tolerance, target } = past;
  const each = (value: (series: PastSeries) => number): FeatureValues => {
    const values = new Float32Array(past.series.length);
    past.series.forEach((series, index) => {
      values[index] = value(series);
    });
    return { dtype: "float", values };
  };
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
      return { dtype: "string", values: past.series.map((series) => category(past, series, feature.dimension)) };
    case "peers-change":
      return { dtype: "float", values: Float32Array.from(peersChange(past, feature.dimensions)) };
    case "peers-changed-share":
      return { dtype: "float", values: Float32Array.from(peersChangedShare(past, feature.dimensions)) };
  }
}
