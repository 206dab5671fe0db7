/**
 * Caches the requested series of a snapshot. Most requests name only a series, so its inputs, its features and their
 * JSON are computed once per snapshot. `npm run bench -- caches` measures the saved time.
 */
import type { FeatureValues, Prediction } from "../api/predict.ts";
import type { PredictionRow } from "../api/prediction-message.ts";
import type { InputColumn } from "../registry/golden.ts";
import type { Feeds } from "../registry/onnx-engine.ts";
import type { Described } from "./described.ts";
import type { Row } from "./row.ts";

export interface CachedSeries {
  /** The model's inputs, one value each. */
  readonly inputs: Readonly<Record<string, InputColumn>>;
  /** The inputs converted for the built-in engine; null if the onnx Worker runs the model. */
  readonly feeds: Feeds | null;
  /** The features of an answer. */
  readonly features: FeatureValues;
  readonly series: Prediction["series"];
  /** The values of a prediction message. Set when the first answer is recorded. */
  recordedValues?: PredictionRow["values"];
  /** What is published of the distribution. Set by the first answer: equal inputs give equal outputs. */
  described?: Described;
}

/** Each entry takes a few KB. Series beyond the limit are computed again for every request. */
const usualMax = 2_000;

export class SeriesCache {
  readonly #series = new Map<number, CachedSeries>();
  readonly #json = new WeakMap<object, string>();
  readonly #seriesMax: number;

  /** `seriesMax`: how many series are cached. */
  constructor(seriesMax = usualMax) {
    this.#seriesMax = seriesMax;
  }

  /** Returns the cached series of a row; null if the row supplies values or the series is not cached. O(1). */
  find(row: Row): CachedSeries | null {
    return (isPlain(row) && this.#series.get(row.position)) || null;
  }

  /** Returns the cached series of a row, and computes it if it is missing; null if it cannot be cached. */
  findOrMake(row: Row, make: () => CachedSeries): CachedSeries | null {
    const cached = this.find(row);
    if (cached || !isPlain(row) || this.#series.size >= this.#seriesMax) return cached;
    const made = make();
    this.cacheJson(made.features);
    this.cacheJson(made.series);
    this.#series.set(row.position, made);
    return made;
  }

  /** Freezes an object that is part of many answers, and caches its JSON. */
  cacheJson<Value extends object>(value: Value): Readonly<Value> {
    this.#json.set(value, JSON.stringify(value));
    return Object.freeze(value);
  }

  /** Returns the JSON of an object, from the cache if it is there. */
  jsonOf(value: object): string {
    return this.#json.get(value) ?? JSON.stringify(value);
  }
}

/** Returns whether a row is for a series' next period and the request supplied no values. */
function isPlain(row: Row): row is Row & { readonly position: number } {
  const { position, overrides, hypothetical, start } = row;
  return position !== null && !hypothetical && start === undefined && overrides.size === 0;
}
