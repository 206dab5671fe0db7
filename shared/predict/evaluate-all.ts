/** Evaluates all series of a snapshot without those that the model rejects. */
import { failure, type Result, success } from "../lib/result.ts";
import { allRows } from "./all-series.ts";
import { type Evaluation, evaluateRows, findRejectedRows } from "./evaluate.ts";
import type { EvaluationFailure } from "./find-rejected.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

export interface EvaluatedSnapshot {
  readonly snapshot: Snapshot;
  readonly rows: readonly Row[];
  /** One prediction per row. */
  readonly evaluation: Evaluation;
}

/** Evaluates all series that can be forecast. Fails if the engine is not available. O(series × model). */
export async function evaluateAll(snapshot: Snapshot): Promise<Result<EvaluatedSnapshot, EvaluationFailure>> {
  let { rows } = allRows(snapshot, { from: 0, count: Number.POSITIVE_INFINITY });
  let evaluation = await evaluateRows(snapshot, rows);
  if (!evaluation.ok && evaluation.error.isRows) {
    const found = await findRejectedRows(snapshot, rows, evaluation.error.reason);
    if (!found.ok) return failure(found.error);
    const rejected = new Set(found.value.map(({ at }) => at));
    rows = rows.filter((_, at) => !rejected.has(at));
    evaluation = await evaluateRows(snapshot, rows);
  }
  return evaluation.ok ? success({ snapshot, rows, evaluation: evaluation.value }) : failure(evaluation.error);
}
