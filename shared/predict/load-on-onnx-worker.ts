/**
 * Loads a model on the `onnx` Worker, for models that the built-in engine cannot run. Compares the same golden rows.
 */
import type { OnnxRunner } from "../api/onnx.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { predictionOutput } from "../onnx/outputs.ts";
import { checkGolden, goldenInputs, type Outputs } from "../registry/golden.ts";
import { remoteEngine, runEngine } from "./engines.ts";
import { type ModelParts, type ServedModel, templatesOf } from "./load-model.ts";
import { knownOutputs, lackingOutputs } from "./model-outputs.ts";

export interface OnnxWorker {
  /** Null if no onnx Worker is bound. */
  readonly runner: OnnxRunner | null;
  /** Why the built-in engine does not run the model. */
  readonly why: string;
}

/** Runs the golden rows of a model on the onnx Worker, which reads the file itself. Never rejects. */
export async function loadOnOnnxWorker(
  { description, number, servedNumber }: Omit<ModelParts, "bytes">,
  { runner, why }: OnnxWorker,
): Promise<Result<ServedModel>> {
  const { card, inputs } = description;
  const { forecast, version, model } = card;
  const engine = remoteEngine(runner, { forecast, version, sha256: model.sha256 });
  const golden = goldenInputs(card);
  if (!golden.ok) return failure(golden.error);
  const run = await runEngine(engine, golden.value);
  const compared = checkGolden(card, run);
  if (!compared.ok) return failure(`${compared.error}; the built-in engine does not run it: ${why}`);
  const ran: Outputs = run.ok ? run.value : {};
  const rows = ran[predictionOutput]?.length;
  if (rows === undefined) return failure(`model.onnx has no output ${predictionOutput}`);
  const outputs = knownOutputs(Object.entries(ran).map(([name, { length }]) => ({ name, columns: length / rows })));
  const lacking = lackingOutputs(card, outputs);
  if (lacking !== null) return failure(lacking);
  return success({
    ...description,
    engine,
    number,
    servedNumber,
    templates: templatesOf(inputs),
    outputs,
    unexplainedReason: `it runs in onnxruntime-web, which gives predictions without contributions (${why})`,
  });
}
