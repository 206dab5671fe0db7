/** Predicts everything that is published at an origin, with the code of `/predict`. */
import type { BatchAnswer, PredictionWithFeatures } from "../api/predict.ts";
import type { Explainer } from "../explain/explainer.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { allRows } from "../predict/all-series.ts";
import { type Evaluation, evaluateRows, findRejectedRows } from "../predict/evaluate.ts";
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
  const { rows: all } = allRows(snapshot, { from: 0, count: Number.POSITIVE_INFINITY });
  const evaluated = await evaluateAccepted(snapshot, all);
  if (!evaluated.ok) return evaluated;
  const { rows, evaluation } = evaluated.value;
  const predictions = predictRows(snapshot, { rows, explain, evaluation });
  const answer = { ...snapshot.heads.fresh, predictions: [...predictions] };
  return success({ answer, predictions, rows, evaluation, sets: setsOfSnapshot(snapshot) });
}

interface Evaluated {
  readonly rows: readonly Row[];
  readonly evaluation: Evaluation;
}

/** Evaluates the rows that the model accepts. */
async function evaluateAccepted(snapshot: Snapshot, rows: readonly Row[]): Promise<Result<Evaluated>> {
  const first = await evaluateRows(snapshot, rows);
  if (first.ok) return success({ rows, evaluation: first.value });
  if (!first.error.isRows) return failure(first.error.reason);
  const found = await findRejectedRows(snapshot, rows, first.error.reason);
  if (!found.ok) return failure(found.error.reason);
  const rejected = new Set(found.value.map(({ at }) => at));
  const accepted = rows.filter((_, at) => !rejected.has(at));
  const again = await evaluateRows(snapshot, accepted);
  return again.ok ? success({ rows: accepted, evaluation: again.value }) : failure(again.error.reason);
}
