/** What a forecast's inputs are, declared. A feature is computed from observations strictly before its period. */
import type { CalendarPart } from "./calendar-part.ts";

export type Feature = { readonly name: string } & FeatureKind;

export type FeatureKind =
  /** The value observed `periods` observations ago: 1 is the last one. */
  | { readonly kind: "lag"; readonly periods: number }
  /** The last value minus the one `periods` observations before it. */
  | { readonly kind: "difference"; readonly periods: number }
  /** A statistic of the last `periods` values. */
  | { readonly kind: "rolling-mean" | "rolling-std" | "rolling-min" | "rolling-max"; readonly periods: number }
  /** Exponentially weighted mean of the last `periods` values; a value `halfLife` observations older counts half. */
  | { readonly kind: "weighted-mean"; readonly periods: number; readonly halfLife: number }
  /** Observations since the value last changed, at most `periods`. */
  | { readonly kind: "since-change"; readonly periods: number }
  /** By how much the value last changed, within `periods` observations. */
  | { readonly kind: "last-change"; readonly periods: number }
  /** Share of the last `periods` steps at which the value changed. */
  | { readonly kind: "change-share"; readonly periods: number }
  /** The value at the period `periods` before the target in the publication's own calendar: a season ago. */
  | { readonly kind: "seasonal-lag"; readonly periods: number }
  /** A part of the target period's date, known beforehand. */
  | { readonly kind: "calendar"; readonly part: CalendarPart }
  /** A dimension of the series, as text. */
  | { readonly kind: "category"; readonly dimension: string }
  /** Mean change at the last period of the other series that share these dimensions, each against `periods` back at most. */
  | { readonly kind: "peers-change"; readonly dimensions: readonly string[]; readonly periods: number }
  /** Share of those series that changed at the last period. */
  | { readonly kind: "peers-changed-share"; readonly dimensions: readonly string[]; readonly periods: number };

/** The type of the model's input: categories are text, everything else a float32 with NaN for missing. */
export function dtypeOf(feature: Feature): "float" | "string" {
  return feature.kind === "category" ? "string" : "float";
}

/** How many past periods one feature looks at. */
function periodsOf(feature: Feature): number {
  switch (feature.kind) {
    case "calendar":
    case "category":
      return 1;
    case "lag":
    case "rolling-mean":
    case "rolling-std":
    case "rolling-min":
    case "rolling-max":
    case "weighted-mean":
    case "seasonal-lag":
      return feature.periods;
    case "difference":
    case "since-change":
    case "last-change":
    case "change-share":
    case "peers-change":
    case "peers-changed-share":
      return feature.periods + 1;
  }
}

/** How many past periods the features look at together: a history of that length computes what training computed. */
export function reachOf(features: readonly Feature[]): number {
  return features.reduce((reach, feature) => Math.max(reach, periodsOf(feature)), 1);
}
