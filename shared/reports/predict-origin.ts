/** Predicts everything that is published at an origin, with the code of `/predict`. */
import type { BatchAnswer, PredictionWithFeatures } from "../api/predict.ts";
import type { Explainer } from "../explain/explainer.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Evaluation } from "../predict/evaluate.ts";
import { evaluateAll } from "../predict/evaluate-all.ts";
import { predictRows } from "../predict/predict.ts";
import type { Row } from "../predict/row.ts";
import type { Snapshot } from "../predict/snapshot.ts";
import { type SteppedSet, setsOfSnapshot } from "../predict/step-forecasts.ts";

export interface OriginForecast {
  /** The answer of `/predict` for all series, with features. Series that the model rejects are missing. */
  readonly answer: BatchAnswer;
  readonly predictions: readonly PredictionWithFeatures[];
  /** The rows of the predictions. */
  readonly rows: readonly Row[];
  readonly evaluation: Evaluation;
  /** The series and the groups with the forecasts of their steps. */
  readonly sets: readonly SteppedSet[];
}

/**
 * Predicts every series of a snapshot. Fails if the engine is not available. O(series × model).
 * @param explain adds explanations to the answer; null for none
 */
export async function predictOrigin(snapshot: Snapshot, explain: Explainer | null): Promise<Result<OriginForecast>> {
  const evaluated = await evaluateAll(snapshot);
  if (!evaluated.ok) return failure(evaluated.error.reason);
  const { rows, evaluation } = evaluated.value;
  const predictions = predictRows(snapshot, { rows, explain, evaluation });
  const answer = { ...snapshot.heads.fresh, predictions: [...predictions] };
  return success({ answer, predictions, rows, evaluation, sets: setsOfSnapshot(snapshot) });
}
