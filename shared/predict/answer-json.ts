/** Writes an answer as JSON. The snapshot caches the JSON of most of its members. */
import type { Head, PredictionWithFeatures } from "../api/predict.ts";
import type { FailedPrediction, PredictAnswer } from "./predict.ts";
import type { SeriesCache } from "./series-cache.ts";

export interface JsonOptions {
  readonly cache: SeriesCache;
  /** Whether predictions include the values of their features. */
  readonly withFeatures: boolean;
}

/** Returns the same text as `JSON.stringify(answer)`, with or without the features. */
export function answerJson(answer: PredictAnswer, options: JsonOptions): string {
  if (!isBatch(answer)) return `{${membersText(answer, options)}}`;
  const { predictions, next_from, ...head } = answer;
  const entries = predictions.map((entry) =>
    "features" in entry ? `{${membersText(entry, options)}}` : JSON.stringify(entry),
  );
  const piece = next_from === undefined ? "" : `,"next_from":${next_from}`;
  return `${JSON.stringify(head).slice(0, -1)},"predictions":[${entries.join(",")}]${piece}}`;
}

/** Returns the JSON of a single answer without merging its parts: the same text as for the value of `answerRows`. */
export function singleAnswerJson(head: Head, prediction: PredictionWithFeatures, options: JsonOptions): string {
  const { target_period: target } = prediction;
  if (target !== undefined) return answerJson({ ...head, ...prediction, target_period: target }, options);
  return `${options.cache.jsonOf(head).slice(0, -1)},${membersText(prediction, options)}}`;
}

/** Writes member by member, so that the cached JSON of a member is used. */
function membersText(object: Readonly<Record<string, unknown>>, { cache, withFeatures }: JsonOptions): string {
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

/** Cached `"name":` texts. Names come from the code and from the serving models, so there are few. See the bench `caches`. */
const nameTexts = new Map<string, string>();

/** Returns the JSON of a member's name with its colon. */
export function nameText(name: string): string {
  const cached = nameTexts.get(name);
  if (cached !== undefined) return cached;
  const text = `${JSON.stringify(name)}:`;
  nameTexts.set(name, text);
  return text;
}

type Batch = Extract<PredictAnswer, { readonly predictions: readonly (PredictionWithFeatures | FailedPrediction)[] }>;

function isBatch(answer: PredictAnswer): answer is Batch {
  return Array.isArray(answer.predictions);
}
