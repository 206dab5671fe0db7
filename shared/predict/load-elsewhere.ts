/** A model that our engine does not run, to one that the `onnx` Worker runs: as little is believed of it. */
import type { OnnxRunner } from "../api/onnx.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import { checkGolden, goldenInputs } from "../registry/golden.ts";
import { remoteEngine, runEngine } from "./engines.ts";
import { blankOf, checkedCard, type LoadedModel, type ModelParts } from "./load-model.ts";

export interface Elsewhere {
  readonly runner: OnnxRunner | null;
  /** Why our engine does not run it. */
  readonly why: string;
}

/** Compares a model with its card and tries it on its golden rows. The Worker reads the file itself. Never rejects. */
export async function loadElsewhere(
  parts: Omit<ModelParts, "bytes">,
  { runner, why }: Elsewhere,
): Promise<LoadedModel> {
  const checked = checkedCard(parts);
  if (!checked.ok) return checked;
  const { card, inputs, name } = checked;
  const { forecast, pointer } = parts;
  const engine = remoteEngine(runner, {
    forecast: forecast.id,
    version: pointer.version,
    sha256: pointer.model.sha256,
  });
  const golden = goldenInputs(card);
  if (!golden.ok) return golden;
  const run = await runEngine(engine, golden.inputs);
  const tried = checkGolden(card, run);
  if (!tried.ok) return { ok: false, reason: `${tried.reason}; our engine does not run it: ${why}` };
  const outputs = run.ok ? run.outputs : {};
  if (!(predictionOutput in outputs)) return { ok: false, reason: `model.onnx has no output ${predictionOutput}` };
  const unexplained = `it runs in onnxruntime-web, which tells a prediction and not why (${why})`;
  const hasChange = changeOutput in outputs;
  return {
    ok: true,
    model: { card, engine, number: pointer.number, name, inputs, blank: blankOf(inputs), hasChange, unexplained },
  };
}
