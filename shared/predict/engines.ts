/** Who runs a model: our engine what it knows, the `onnx` Worker everything else. */
import { type OnnxAnswer, type OnnxRequest, type OnnxRunner, onnxRefusals } from "../api/onnx.ts";
import type { Program } from "../onnx/evaluate.ts";
import type { Evaluated } from "../registry/golden.ts";
import { type Columns, type Feeds, runFeeds, runProgram } from "../registry/onnx-engine.ts";

export const engineNames = ["tabular", "onnxruntime-web"] as const;
export type EngineName = (typeof engineNames)[number];

export type Engine =
  | { readonly name: "tabular"; readonly program: Program }
  | { readonly name: "onnxruntime-web"; run(inputs: Columns): Promise<ModelRun> };

export type ModelRun =
  | Extract<Evaluated, { readonly ok: true }>
  | {
      readonly ok: false;
      readonly reason: string;
      /** The rows are at fault; else the engine could not be asked. */
      readonly isRows: boolean;
    };

/** At once where our engine runs it. `feeds` are the inputs as `feedsOf` makes them, where that was done before. */
export function runEngine(engine: Engine, inputs: Columns, feeds?: Feeds | null): ModelRun | Promise<ModelRun> {
  if (engine.name === "onnxruntime-web") return engine.run(inputs);
  const run = feeds ? runFeeds(engine.program, feeds) : runProgram(engine.program, inputs);
  return run.ok ? run : { ok: false, reason: run.reason, isRows: true };
}

/** A model on the `onnx` Worker. */
export function remoteEngine(runner: OnnxRunner | null, model: Omit<OnnxRequest, "inputs">): Engine {
  return {
    name: "onnxruntime-web",
    async run(inputs) {
      const columns = Object.values(inputs);
      // What has no rows has no predictions, in every engine.
      if (columns.length > 0 && columns.every(({ length }) => length === 0)) return { ok: true, outputs: {} };
      const answer = await askRunner(runner, { ...model, inputs });
      if (answer.ok) return answer;
      return { ok: false, reason: `onnxruntime-web: ${answer.detail}`, isRows: answer.reason === "inputs" };
    },
  };
}

/** Never rejects: a Worker that is missing, or fails, may be there later. */
export async function askRunner(runner: OnnxRunner | null, request: OnnxRequest): Promise<OnnxAnswer> {
  if (runner === null) return { ok: false, reason: "unavailable", detail: "no onnx Worker is bound (ONNX)" };
  try {
    return await runner.run({ ...request, inputs: { ...request.inputs } });
  } catch (error) {
    const detail = `the onnx Worker failed: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, reason: "unavailable", detail };
  }
}

/** Whether the same request may be answered later. */
export function isPassing({ reason }: Extract<OnnxAnswer, { readonly ok: false }>): boolean {
  return onnxRefusals[reason] === "passing";
}
