/**
 * What a snapshot remembers of the series that were asked for. Most requests name a series and nothing else, so its inputs, its
 * features and their JSON are made once per snapshot. `npm run bench -- warm` measures what this saves.
 */
import type { FeatureValues, Prediction } from "../api/predict.ts";
import type { PredictionRow } from "../api/prediction-message.ts";
import type { Column } from "../registry/golden.ts";
import type { Feeds } from "../registry/onnx-engine.ts";
import type { Row } from "./row.ts";

export interface CachedSeries {
  /** As the model takes them: one value an input. */
  readonly inputs: Readonly<Record<string, Column>>;
  /** The same in the form of our engine; null where the onnx Worker runs the model. */
  readonly feeds: Feeds | null;
  /** As an answer shows them. */
  readonly features: FeatureValues;
  readonly series: Prediction["series"];
  /** As a prediction message holds them. Set when the first answer is recorded. */
  recordedValues?: PredictionRow["values"];
}

/** A few KB each. Further series are computed for every request, as batches are. */
const seriesMax = 2_000;

export class SeriesCache {
  readonly #series = new Map<number, CachedSeries>();
  readonly #json = new WeakMap<object, string>();

  /** Returns the cached series of a row; null for a row with values of its own, and where the series is not cached. O(1). */
  find(row: Row): CachedSeries | null {
    return (isPlain(row) && this.#series.get(row.position)) || null;
  }

  /** Returns the cached series of a row, made where it is missing; null where it may not be cached. */
  findOrMake(row: Row, make: () => CachedSeries): CachedSeries | null {
    const cached = this.find(row);
    if (cached || !isPlain(row) || this.#series.size >= seriesMax) return cached;
    const made = make();
    this.rememberJson(made.features);
    this.rememberJson(made.series);
    this.#series.set(row.position, made);
    return made;
  }

  /** Freezes an object that is written into many answers, and remembers its JSON. */
  rememberJson<Value extends object>(value: Value): Readonly<Value> {
    this.#json.set(value, JSON.stringify(value));
    return Object.freeze(value);
  }

  /** Returns the JSON of an object, remembered or written now. */
  jsonOf(value: object): string {
    return this.#json.get(value) ?? JSON.stringify(value);
  }
}

/** Whether a row is a series' next period, with nothing set by the request. */
function isPlain(row: Row): row is Row & { readonly position: number } {
  const { position, overrides, hypothetical, start } = row;
  return position !== null && !hypothetical && start === undefined && overrides.size === 0;
}
