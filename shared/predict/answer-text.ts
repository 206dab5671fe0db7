/** Writes an answer as JSON. Most of its text is cached in the snapshot. */
import type { Head, PredictionWithFeatures } from "../api/predict.ts";
import type { FailedPrediction, PredictAnswer } from "./predict.ts";
import type { SeriesCache } from "./series-cache.ts";

export interface TextOptions {
  readonly cache: SeriesCache;
  /** True if predictions include the values of their features. */
  readonly withFeatures: boolean;
}

/** Returns the same text as `JSON.stringify(answer)`, with or without the features. */
export function answerText(answer: PredictAnswer, options: TextOptions): string {
  if (!isBatch(answer)) return `{${membersText(answer, options)}}`;
  const { predictions, next_from, ...head } = answer;
  const each = predictions.map((entry) =>
    "features" in entry ? `{${membersText(entry, options)}}` : JSON.stringify(entry),
  );
  const piece = next_from === undefined ? "" : `,"next_from":${next_from}`;
  return `${JSON.stringify(head).slice(0, -1)},"predictions":[${each.join(",")}]${piece}}`;
}

/** Returns the text of a single answer without merging its objects first. It equals the text of `answerRows`. */
export function singleText(head: Head, prediction: PredictionWithFeatures, options: TextOptions): string {
  const { target_period: target } = prediction;
  if (target !== undefined) return answerText({ ...head, ...prediction, target_period: target }, options);
  return `${options.cache.jsonOf(head).slice(0, -1)},${membersText(prediction, options)}}`;
}

/** Writes member by member, so that cached members are reused. */
function membersText(object: Readonly<Record<string, unknown>>, { cache, withFeatures }: TextOptions): string {
  let text = "";
  for (const name in object) {
    const value = object[name];
    if (value === undefined || (name === "features" && !withFeatures)) continue;
    const member = nameText(name) + valueText(value, cache);
    text = text === "" ? member : `${text},${member}`;
  }
  return text;
}

function valueText(value: unknown, cache: SeriesCache): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  return typeof value === "object" && value !== null ? cache.jsonOf(value) : JSON.stringify(value);
}

/** Cached JSON of member names. There are few: they come from the code and from the models that serve. */
const names = new Map<string, string>();

function nameText(name: string): string {
  const cached = names.get(name);
  if (cached !== undefined) return cached;
  const text = `${JSON.stringify(name)}:`;
  names.set(name, text);
  return text;
}

type Batch = Extract<PredictAnswer, { readonly predictions: readonly (PredictionWithFeatures | FailedPrediction)[] }>;

function isBatch(answer: PredictAnswer): answer is Batch {
  return Array.isArray(answer.predictions);
}
