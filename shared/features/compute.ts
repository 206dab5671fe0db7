/** Computes features for training, batches and requests. */
import { boundFeature, type Feature } from "./feature.ts";
import { type Past, type PastSeries, positionOf } from "./panel.ts";

/** One value per series of the past, in its order. NaN means missing. */
export type FeatureColumn =
  | { readonly dtype: "float"; readonly values: Float32Array }
  | { readonly dtype: "string"; readonly values: readonly string[] };

/** A feature as a function of one series and its position in the past. NaN means missing. */
export type FeatureOfSeries =
  | { readonly dtype: "float"; of(series: PastSeries, index: number): number }
  | { readonly dtype: "string"; of(series: PastSeries, index: number): string };

/** Computes one feature for every series. O(series × periods). */
export function computeFeature(feature: Feature, past: Past): FeatureColumn {
  const each = featureOfSeries(feature, past);
  if (each.dtype === "string")
    return { dtype: "string", values: past.series.map((series, index) => each.of(series, index)) };
  const values = new Float32Array(past.series.length);
  past.series.forEach((series, index) => {
    values[index] = each.of(series, index);
  });
  return { dtype: "float", values };
}

/** Computes a feature of a series on first use and memoizes it. The numbers are those of `computeFeature`. */
export class LazyFeature {
  readonly #feature: Feature;
  readonly #past: Past;
  #each: FeatureOfSeries | null = null;
  readonly #cached: (number | string)[] = [];

  constructor(feature: Feature, past: Past) {
    this.#feature = feature;
    this.#past = past;
  }

  /** Returns the value for the series at a position of the past; NaN if there is no series. */
  at(index: number): number | string {
    const cached = this.#cached[index];
    if (cached !== undefined) return cached;
    const series = this.#past.series[index];
    if (series === undefined) return Number.NaN;
    this.#each ??= featureOfSeries(this.#feature, this.#past);
    const value =
      this.#each.dtype === "string" ? this.#each.of(series, index) : Math.fround(this.#each.of(series, index));
    this.#cached[index] = value;
    return value;
  }
}

/** Returns the function that computes a feature of one series. What series have in common is computed once. */
export function featureOfSeries(feature: Feature, past: Past): FeatureOfSeries {
  const bound = boundFeature(feature);
  switch (bound.source) {
    case "history":
      // The two branches have different types.
      return bound.dtype === "string"
        ? { dtype: "string", of: bound.ofPast(past) }
        : { dtype: "float", of: bound.ofPast(past) };
    case "calendar": {
      const value = bound.at(past.target, past.periods.at(-1) ?? null);
      return { dtype: "float", of: () => value };
    }
    case "names": {
      const position = positionOf(bound.dimension, past.dimensions);
      return { dtype: "string", of: ({ is }) => is[position] ?? "" };
    }
  }
}
