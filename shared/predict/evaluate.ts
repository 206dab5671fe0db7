/** Runs rows through the model in one batch. */
import { failure, type Result, success } from "../lib/result.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { Column } from "../registry/golden.ts";
import { feedsOf } from "../registry/onnx-engine.ts";
import { type ModelRun, runEngine } from "./engines.ts";
import type { Row } from "./row.ts";
import { answeredFeatures, inputsOfRows, seriesOf } from "./row-inputs.ts";
import type { CachedSeries } from "./series-cache.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Evaluation {
  /** By input name, one value per row. */
  readonly inputs: Readonly<Record<string, Column>>;
  /** In the forecast's unit, float32. */
  readonly predictions: ArrayLike<number>;
  /** Null if the model has no such output. */
  readonly changes: ArrayLike<number> | null;
}

export interface EvaluationFailure {
  readonly reason: string;
  /** True if the model rejects a row of the batch; false if the engine is unavailable. */
  readonly isRows: boolean;
}

export type EvaluationResult = Result<Evaluation, EvaluationFailure>;

/** Evaluates rows in one batch, synchronously in our engine. One row that the model rejects fails the batch. O(rows × model). */
export function evaluateRows(snapshot: Snapshot, rows: readonly Row[]): EvaluationResult | Promise<EvaluationResult> {
  const [first] = rows;
  const cached = first && rows.length === 1 ? cachedSeries(snapshot, first) : null;
  const inputs = cached?.inputs ?? inputsOfRows(snapshot, rows);
  // There are no rows if each instance was refused.
  if (rows.length === 0) return success({ inputs, predictions: [], changes: null });
  const run = runEngine(snapshot.model.engine, inputs, cached?.feeds);
  return run instanceof Promise ? run.then((awaited) => evaluationOf(inputs, awaited)) : evaluationOf(inputs, run);
}

/** Evaluates rows in our engine. Throws for a model of the onnx Worker, and if the model rejects a row. */
export function evaluateHere(snapshot: Snapshot, rows: readonly Row[]): Evaluation {
  const evaluated = evaluateRows(snapshot, rows);
  if (evaluated instanceof Promise) throw new Error("the model runs on the onnx Worker");
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  return evaluated.value;
}

function cachedSeries(snapshot: Snapshot, row: Row): CachedSeries | null {
  return snapshot.seriesCache.findOrMake(row, () => {
    const inputs = inputsOfRows(snapshot, [row]);
    const { engine } = snapshot.model;
    return {
      inputs,
      feeds: engine.name === "tabular" ? feedsOf(engine.program, inputs) : null,
      features: answeredFeatures(snapshot, inputs, 0),
      series: seriesOf(snapshot.forecast, row),
    };
  });
}

function evaluationOf(inputs: Evaluation["inputs"], run: ModelRun): EvaluationResult {
  if (!run.ok) return failure({ reason: run.reason, isRows: run.isRows });
  const predictions = run.outputs[predictionOutput];
  if (predictions === undefined) throw new Error(`the model has no output ${predictionOutput}`);
  return success({ inputs, predictions, changes: run.outputs[changeOutput] ?? null });
}

/** A row that the model rejects. */
export interface RejectedRow {
  /** Position among the evaluated rows. */
  readonly at: number;
  readonly reason: string;
}

/** Cloudflare allows 32 calls of another Worker per request: some remain for the batch itself and for the rows that are left. */
const remoteRunsMax = 24;

/**
 * Finds the rows that make a batch fail, by bisection. Expects that the batch failed with `reason`, and that a model accepts or
 * rejects each row independently of the others. Fails if the engine becomes unavailable. A model on the onnx Worker is run at
 * most `remoteRunsMax` times; the rows of a part that is then still failing are rejected together. O(rejected × log(rows)) runs.
 */
export async function findRejectedRows(
  snapshot: Snapshot,
  rows: readonly Row[],
  reason: string,
): Promise<Result<readonly RejectedRow[], EvaluationFailure>> {
  const rejected: RejectedRow[] = [];
  const failing: FailingPart[] = [{ from: 0, to: rows.length, reason }];
  let runsLeft = snapshot.model.engine.name === "tabular" ? Number.POSITIVE_INFINITY : remoteRunsMax;
  /** Returns why the model rejects a part as one batch; null if it accepts the part. */
  const run = async (from: number, to: number): Promise<Result<string | null, EvaluationFailure>> => {
    runsLeft--;
    const evaluated = await evaluateRows(snapshot, rows.slice(from, to));
    if (evaluated.ok) return success(null);
    return evaluated.error.isRows ? success(evaluated.error.reason) : failure(evaluated.error);
  };
  for (let part = failing.pop(); part !== undefined; part = failing.pop()) {
    const { from, to } = part;
    if (to - from === 1 || runsLeft < 2) {
      for (let at = from; at < to; at++) rejected.push({ at, reason: part.reason });
      continue;
    }
    const middle = (from + to) >> 1;
    const first = await run(from, middle);
    if (!first.ok) return first;
    // If the model accepts the first half, it rejects the second one.
    const second = first.value === null ? success(part.reason) : await run(middle, to);
    if (!second.ok) return second;
    if (second.value !== null) failing.push({ from: middle, to, reason: second.value });
    if (first.value !== null) failing.push({ from, to: middle, reason: first.value });
  }
  return success(rejected);
}

/** Rows `from` to `to` (excluded), which the model rejects as one batch. */
interface FailingPart {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}
