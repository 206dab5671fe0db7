/** An answer as JSON. Most of its text is what a snapshot keeps, and that is not written again. */
import type { Head, Prediction } from "../api/predict.ts";
import { keptText } from "./own-features.ts";
import type { FailedPrediction, PredictAnswer } from "./predict.ts";

/** The text that `JSON.stringify` makes of it. */
export function answerText(answer: PredictAnswer): string {
  if (!isBatch(answer)) return `{${membersText(answer)}}`;
  const { predictions, next_from, ...head } = answer;
  const each = predictions.map((one) => ("features" in one ? `{${membersText(one)}}` : JSON.stringify(one)));
  const piece = next_from === undefined ? "" : `,"next_from":${next_from}`;
  return `${JSON.stringify(head).slice(0, -1)},"predictions":[${each.join(",")}]${piece}}`;
}

/** The text of a single answer, without merging its parts: `answerRows` says what it holds. */
export function singleText(head: Head, prediction: Prediction): string {
  const { target_period: target } = prediction;
  if (target !== undefined) return answerText({ ...head, ...prediction, target_period: target });
  return `${keptText(head).slice(0, -1)},${membersText(prediction)}}`;
}

/** Member by member, so that one of them may be kept. */
function membersText(object: Readonly<Record<string, unknown>>): string {
  let text = "";
  for (const name in object) {
    const value = object[name];
    if (value === undefined) continue;
    const member = nameText(name) + valueText(value);
    text = text === "" ? member : `${text},${member}`;
  }
  return text;
}

function valueText(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "null";
  return typeof value === "object" && value !== null ? keptText(value) : JSON.stringify(value);
}

/** Names come from the code and from the models that serve: there are few. */
const names = new Map<string, string>();

function nameText(name: string): string {
  const kept = names.get(name);
  if (kept !== undefined) return kept;
  const text = `${JSON.stringify(name)}:`;
  names.set(name, text);
  return text;
}

type Batch = Extract<PredictAnswer, { readonly predictions: readonly (Prediction | FailedPrediction)[] }>;

function isBatch(answer: PredictAnswer): answer is Batch {
  return Array.isArray(answer.predictions);
}
