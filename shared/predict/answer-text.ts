/** An answer as JSON. Most of its text are features, and those that a snapshot keeps are not written again. */
import type { Prediction } from "../api/predict.ts";
import { featuresText } from "./own-features.ts";
import type { FailedPrediction, PredictAnswer } from "./predict.ts";

/** The text that `JSON.stringify` makes of it. */
export function answerText(answer: PredictAnswer): string {
  if (!isBatch(answer)) return predictionText(answer);
  const { predictions, next_from, ...head } = answer;
  const each = predictions.map((one) => ("features" in one ? predictionText(one) : JSON.stringify(one)));
  const piece = next_from === undefined ? "" : `,"next_from":${next_from}`;
  return `${JSON.stringify(head).slice(0, -1)},"predictions":[${each.join(",")}]${piece}}`;
}

/** Features stand last in a prediction. */
function predictionText({ features, ...others }: Pick<Prediction, "features">): string {
  return `${JSON.stringify(others).slice(0, -1)},"features":${featuresText(features)}}`;
}

type Batch = Extract<PredictAnswer, { readonly predictions: readonly (Prediction | FailedPrediction)[] }>;

function isBatch(answer: PredictAnswer): answer is Batch {
  return Array.isArray(answer.predictions);
}
