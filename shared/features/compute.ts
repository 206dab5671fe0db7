/** The one place where features are computed: in training, in batches and for a request. */
import { calendarPart } from "./calendar-part.ts";
import { changeShare, lastChange, sinceChange } from "./changes.ts";
import type { Feature } from "./feature.ts";
import { category, difference, lag, seasonalLag } from "./lags.ts";
import type { Past, PastSeries } from "./panel.ts";
import { peersChange, peersChangedShare } from "./peers.ts";
import { rollingMax, rollingMean, rollingMin, rollingStandardDeviation, weightedMean } from "./rolling.ts";

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
  switch (feature.kind) {
    case "lag":
      return each((series) => lag(series, feature.periods));
    case "difference":
      return each((series) => difference(series, feature.periods));
    case "seasonal-lag":
      return each((series) => seasonalLag(series, feature.periods));
    case "rolling-mean":
      return each((series) => rollingMean(series, feature.periods));
    case "rolling-std":
      return each((series) => rollingStandardDeviation(series, feature.periods));
    case "rolling-min":
      return each((series) => rollingMin(series, feature.periods));
    case "rolling-max":
      return each((series) => rollingMax(series, feature.periods));
    case "weighted-mean":
      return each((series) => weightedMean(series, feature.periods, feature.halfLife));
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
