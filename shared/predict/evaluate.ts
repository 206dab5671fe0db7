/** Evaluates the model for rows, in one batch. */
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
  /** In the unit of the target, float32. */
  readonly predictions: ArrayLike<number>;
  /** Null if the model has no such output. */
  readonly changes: ArrayLike<number> | null;
}

/** Fails if the engine is not available. */
export type Evaluating = Result<Evaluation>;

/**
 * Evaluates rows, synchronously in our engine. @throws if the model rejects its inputs, which the golden rows rule out.
 * O(rows × model).
 */
export function evaluateRows(snapshot: Snapshot, rows: readonly Row[]): Evaluating | Promise<Evaluating> {
  const [first] = rows;
  const cached = first && rows.length === 1 ? cachedSeries(snapshot, first) : null;
  const inputs = cached?.inputs ?? inputsOfRows(snapshot, rows);
  // With `partial`, every instance may have been refused.
  if (rows.length === 0) return success({ inputs, predictions: [], changes: null });
  const run = runEngine(snapshot.model.engine, inputs, cached?.feeds);
  return run instanceof Promise ? run.then((one) => evaluatingOf(inputs, one)) : evaluatingOf(inputs, run);
}

/** Evaluates rows in our engine. @throws for a model of the onnx Worker. */
export function evaluateHere(snapshot: Snapshot, rows: readonly Row[]): Evaluation {
  const evaluating = evaluateRows(snapshot, rows);
  if (evaluating instanceof Promise) throw new Error("the model runs on the onnx Worker");
  if (!evaluating.ok) throw new Error(evaluating.error);
  return evaluating.value;
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

function evaluatingOf(inputs: Evaluation["inputs"], run: ModelRun): Evaluating {
  if (!run.ok && !run.isRows) return failure(run.reason);
  if (!run.ok) throw new Error(run.reason);
  const predictions = run.outputs[predictionOutput];
  if (predictions === undefined) throw new Error(`the model has no output ${predictionOutput}`);
  return success({ inputs, predictions, changes: run.outputs[changeOutput] ?? null });
}
