/** Runs a model: in the built-in engine if it has the model's operators, else on the `onnx` Worker. */

import { type OnnxAnswer, type OnnxRefused, type OnnxRequest, type OnnxRunner, onnxRefusals } from "../api/onnx.ts";
import { messageOf } from "../lib/error-reason.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { Program } from "../onnx/evaluate.ts";
import type { Outputs } from "../registry/golden.ts";
import { type Columns, type Feeds, runFeeds, runProgram } from "../registry/onnx-engine.ts";

export const engineNames = ["tabular", "onnxruntime-web"] as const;
export type EngineName = (typeof engineNames)[number];

export type Engine =
  | { readonly name: "tabular"; readonly program: Program }
  | { readonly name: "onnxruntime-web"; run(inputs: Columns): Promise<ModelRun> };

export interface RunProblem {
  readonly reason: string;
  /** True if the model rejects the rows; false if the engine is unavailable. */
  readonly isRows: boolean;
}

export type ModelRun = Result<Outputs, RunProblem>;

/**
 * Runs a batch, synchronously in the built-in engine. `feeds` are the inputs converted by `feedsOf`, if the caller has
 * cached them.
 */
export function runEngine(engine: Engine, inputs: Columns, feeds?: Feeds | null): ModelRun | Promise<ModelRun> {
  if (engine.name === "onnxruntime-web") return engine.run(inputs);
  const run = feeds ? runFeeds(engine.program, feeds) : runProgram(engine.program, inputs);
  return run.ok ? run : failure({ reason: run.error.reason, isRows: true });
}

/** Returns an engine that runs the model on the `onnx` Worker. */
export function remoteEngine(runner: OnnxRunner | null, model: Omit<OnnxRequest, "inputs">): Engine {
  return {
    name: "onnxruntime-web",
    async run(inputs) {
      const columns = Object.values(inputs);
      // The onnx Worker rejects a batch without rows; the built-in engine returns no predictions for it.
      if (columns.length > 0 && columns.every(({ length }) => length === 0)) return success({});
      const answer = await askRunner(runner, { ...model, inputs });
      if (answer.ok) return success(answer.outputs);
      return failure({ reason: `onnxruntime-web: ${answer.detail}`, isRows: answer.reason === "inputs" });
    },
  };
}

/** Calls the onnx Worker. Never rejects: a Worker that is missing or fails is reported as unavailable. */
export async function askRunner(runner: OnnxRunner | null, request: OnnxRequest): Promise<OnnxAnswer> {
  if (runner === null) return { ok: false, reason: "unavailable", detail: "no onnx Worker is bound as ONNX" };
  try {
    return await runner.run({ ...request, inputs: { ...request.inputs } });
  } catch (error) {
    const detail = `the onnx Worker failed: ${messageOf(error)}`;
    return { ok: false, reason: "unavailable", detail };
  }
}

/** Returns whether the same request may succeed later. */
export function isPassing({ reason }: OnnxRefused): boolean {
  return onnxRefusals[reason] === "passing";
}
