/** What a forecast's inputs are, declared. A feature is computed from observations strictly before its period. */
export type Feature =
  /** The value `periods` periods ago. */
  | { readonly name: string; readonly kind: "lag"; readonly periods: number }
  /** Mean of the last `periods` values. */
  | { readonly name: string; readonly kind: "rolling-mean"; readonly periods: number }
  /** Periods since the value last changed, at most `periods`. */
  | { readonly name: string; readonly kind: "since-change"; readonly periods: number };

/** How many past periods the features look at together. */
export function reachOf(features: readonly Feature[]): number {
  return features.reduce((reach, feature) => Math.max(reach, feature.periods), 1);
}
