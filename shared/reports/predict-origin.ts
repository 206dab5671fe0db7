/** Predicts everything that is published at an origin, with the code of `/predict`. */
import type { BatchAnswer } from "../api/predict.ts";
import type { Explainer } from "../explain/explainer.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { type EvaluatedSnapshot, evaluateAll } from "../predict/evaluate-all.ts";
import { predictRows } from "../predict/predict.ts";
import type { Snapshot } from "../predict/snapshot.ts";
import { type SteppedSet, setsOfSnapshot } from "../predict/step-forecasts.ts";

export interface OriginForecast {
  /** The answer of `/predict` for all series, with features. Series that the model rejects are missing. */
  readonly answer: BatchAnswer;
  /** The snapshot as the model has evaluated it, for the predictions of the track record. */
  readonly evaluated: EvaluatedSnapshot;
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
  const predictions = predictRows(snapshot, { ...evaluated.value, explain });
  const answer = { ...snapshot.heads.fresh, predictions: [...predictions] };
  return success({ answer, evaluated: evaluated.value, sets: setsOfSnapshot(snapshot) });
}
