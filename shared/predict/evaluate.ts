/** Runs rows through the model in one batch. */
import { failure, type Result, success } from "../lib/result.ts";
import { predictionOutput } from "../onnx/outputs.ts";
import type { InputColumn } from "../registry/golden.ts";
import { feedsOf } from "../registry/onnx-engine.ts";
import { type ModelRun, runEngine } from "./engines.ts";
import { type EvaluationFailure, findRejected, type RejectedRow, runsMaxOf } from "./find-rejected.ts";
import type { Row } from "./row.ts";
import { answeredFeatures, inputsOfRows, seriesOf } from "./row-inputs.ts";
import type { CachedSeries } from "./series-cache.ts";
import type { Snapshot } from "./snapshot.ts";
import type { BatchOutputs } from "./summarizer.ts";

export interface Evaluation {
  /** By input name, one value per row. */
  readonly inputs: Readonly<Record<string, InputColumn>>;
  /** In the forecast's unit, float32. */
  readonly predictions: ArrayLike<number>;
  /** All outputs of the model by name: [rows, columns], row after row. */
  readonly outputs: BatchOutputs;
}

export type EvaluationResult = Result<Evaluation, EvaluationFailure>;

/**
 * Evaluates rows in one batch, synchronously in the built-in engine. One row that the model rejects fails the batch.
 * O(rows × model).
 */
export function evaluateRows(snapshot: Snapshot, rows: readonly Row[]): EvaluationResult | Promise<EvaluationResult> {
  const [first] = rows;
  const cached = first && rows.length === 1 ? cachedSeries(snapshot, first) : null;
  const inputs = cached?.inputs ?? inputsOfRows(snapshot, rows);
  // There are no rows if each instance was refused.
  if (rows.length === 0) return success({ inputs, predictions: [], outputs: {} });
  const run = runEngine(snapshot.model.engine, inputs, cached?.feeds);
  return run instanceof Promise ? run.then((awaited) => evaluationOf(inputs, awaited)) : evaluationOf(inputs, run);
}

/** Evaluates rows in the built-in engine. Throws for a model of the onnx Worker, and if the model rejects a row. */
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
  if (!run.ok) return run;
  const predictions = run.value[predictionOutput];
  if (predictions === undefined) throw new Error(`the model has no output ${predictionOutput}`);
  return success({ inputs, predictions, outputs: run.value });
}

/**
 * Finds the rows that make a batch fail. Expects that the batch failed with `reason`. Fails if the engine becomes unavailable.
 * O(rejected × log(rows)) runs.
 */
export function findRejectedRows(
  snapshot: Snapshot,
  rows: readonly Row[],
  reason: string,
): Promise<Result<readonly RejectedRow[], EvaluationFailure>> {
  return findRejected(reason, {
    count: rows.length,
    runsMax: runsMaxOf(snapshot.model.engine),
    async run(from, to) {
      const evaluated = await evaluateRows(snapshot, rows.slice(from, to));
      return evaluated.ok ? success(null) : failure(evaluated.error);
    },
  });
}
