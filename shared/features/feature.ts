/** What a forecast's inputs are, declared. A feature is computed from observations strictly before its period. */
import type { CalendarPart } from "./calendar-part.ts";

export type Feature = {
  readonly name: string;
  /** False: the file takes it and may calculate with it (the last value, a scale), but nothing is learned from it. */
  readonly learned?: false;
} & FeatureKind;

/** Whose values are looked at: another variable of the same series; the target's where it is left out. */
interface OfVariable {
  readonly variable?: string;
}

export type FeatureKind =
  /** The value observed `periods` observations ago: 1 is the last one. */
  | ({ readonly kind: "lag"; readonly periods: number } & OfVariable)
  /** The last value minus the one `periods` observations before it, or the logarithm of their ratio. */
  | ({ readonly kind: "difference" | "log-difference"; readonly periods: number } & OfVariable)
  /** A statistic of the last `periods` values. */
  | ({
      readonly kind: "rolling-mean" | "rolling-std" | "rolling-min" | "rolling-max";
      readonly periods: number;
    } & OfVariable)
  /** The logarithm of the last value's ratio to a statistic of the last `periods` values: how far it stands from it. */
  | ({ readonly kind: "log-from-mean" | "log-from-min" | "log-from-max"; readonly periods: number } & OfVariable)
  /** Standard deviation of the last `periods` steps: of differences in the variable's unit, or of log differences. */
  | ({ readonly kind: "step-std" | "log-step-std"; readonly periods: number } & OfVariable)
  /** Exponentially weighted mean of the last `periods` values; a value `halfLife` observations older counts half. */
  | ({ readonly kind: "weighted-mean"; readonly periods: number; readonly halfLife: number } & OfVariable)
  /** Observations since the value last changed, at most `periods`. */
  | { readonly kind: "since-change"; readonly periods: number }
  /** By how much the value last changed, within `periods` observations. */
  | { readonly kind: "last-change"; readonly periods: number }
  /** Share of the last `periods` steps at which the value changed. */
  | { readonly kind: "change-share"; readonly periods: number }
  /** The value at the period `periods` before the target in the publication's own calendar: a season ago. */
  | ({ readonly kind: "seasonal-lag"; readonly periods: number } & OfVariable)
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

/** The variable that a feature looks at, where it is not the target's. */
export function variableOf(feature: Feature): string | undefined {
  return "variable" in feature ? feature.variable : undefined;
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
    case "log-from-mean":
    case "log-from-min":
    case "log-from-max":
    case "weighted-mean":
    case "seasonal-lag":
      return feature.periods;
    case "difference":
    case "log-difference":
    case "step-std":
    case "log-step-std":
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
