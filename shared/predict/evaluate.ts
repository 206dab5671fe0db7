/** Rows through the model, in one batch. */

import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { Column } from "../registry/golden.ts";
import { type ModelRun, runEngine } from "./engines.ts";
import { ownFeatures } from "./own-features.ts";
import type { Row } from "./read-instance.ts";
import { inputsOfRows } from "./row-inputs.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Evaluation {
  /** By input name, one entry a row. */
  readonly inputs: Readonly<Record<string, Column>>;
  /** In the forecast's unit, float32. */
  readonly predictions: ArrayLike<number>;
  /** Null where the model does not say. */
  readonly changes: ArrayLike<number> | null;
}

export type Evaluating =
  | { readonly ok: true; readonly evaluation: Evaluation }
  /** The model's engine cannot be asked now. */
  | { readonly ok: false; readonly reason: string };

/** At once where our engine runs the model. Throws where the model refuses its own inputs, which its golden rows rule out. O(rows × model). */
export function evaluateRows(snapshot: Snapshot, rows: readonly Row[]): Evaluating | Promise<Evaluating> {
  const [first] = rows;
  const own = first && rows.length === 1 ? ownFeatures(snapshot, first) : null;
  const inputs = own?.inputs ?? inputsOfRows(snapshot, rows);
  // An instance may have been refused alone, and all of them: there is nothing to ask another Worker for.
  if (rows.length === 0) return { ok: true, evaluation: { inputs, predictions: [], changes: null } };
  const run = runEngine(snapshot.model.engine, inputs, own?.feeds);
  return run instanceof Promise ? run.then((one) => evaluatingOf(inputs, one)) : evaluatingOf(inputs, run);
}

/** For models of our engine, which needs no waiting. */
export function evaluateHere(snapshot: Snapshot, rows: readonly Row[]): Evaluation {
  const evaluating = evaluateRows(snapshot, rows);
  if (evaluating instanceof Promise) throw new Error("the model runs elsewhere");
  if (!evaluating.ok) throw new Error(evaluating.reason);
  return evaluating.evaluation;
}

function evaluatingOf(inputs: Evaluation["inputs"], run: ModelRun): Evaluating {
  if (!run.ok && !run.isRows) return { ok: false, reason: run.reason };
  if (!run.ok) throw new Error(run.reason);
  const predictions = run.outputs[predictionOutput];
  if (predictions === undefined) throw new Error(`the model gave no ${predictionOutput}`);
  return { ok: true, evaluation: { inputs, predictions, changes: run.outputs[changeOutput] ?? null } };
}
