/** The outputs of a model in the Open Inference Protocol. */
import type { ModelMetadata } from "../api/open-inference.ts";
import { quantileLevels } from "../distributions/summary.ts";
import type { ServedModel } from "./load-model.ts";
import type { ModelOutput } from "./model-outputs.ts";

/** Outputs of a classification. */
export const classOutputs = ["probability", "label", "threshold"] as const;
/** Outputs that are computed from the distribution: its median, and its quantiles at `quantileLevels`. */
export const medianOutput = "median";
export const quantilesOutput = "quantiles";

/** Returns a model's outputs: those of its file and of its distribution, or those of a classification. */
export function outputsOf({ card, outputs }: Pick<ServedModel, "card" | "outputs">): readonly ModelOutput[] {
  if (card.decision) return classOutputs.map((name) => ({ name, columns: 1 }));
  if (!card.distribution) return outputs;
  return [...outputs, { name: medianOutput, columns: 1 }, { name: quantilesOutput, columns: quantileLevels.length }];
}

/** Returns BYTES for labels, which are text, and FP32 for all other outputs. */
export const datatypeOf = ({ card }: Pick<ServedModel, "card">, output: string): "FP32" | "BYTES" =>
  card.decision && output === "label" ? "BYTES" : "FP32";

const platform = "onnx_onnxv1";

/** Builds the answer of `GET /v2/models/:model`. */
export function modelMetadata(model: ServedModel): ModelMetadata {
  const { card, inputs } = model;
  const tensor = (name: string, datatype: "FP32" | "BYTES", columns = 1) => ({ name, datatype, shape: [-1, columns] });
  return {
    name: card.forecast,
    versions: [card.version],
    platform,
    inputs: inputs.map(({ name, categories }) => tensor(name, categories === null ? "FP32" : "BYTES")),
    outputs: outputsOf(model).map(({ name, columns }) => tensor(name, datatypeOf(model, name), columns)),
  };
}
