/** Builds models of other tools that the built-in engine does not support. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { floatTensor, type Graph, node, PORTABLE } from "../../shared/onnx/graph.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { writeModel } from "../../shared/onnx/write.ts";

/**
 * Builds prediction = last + bias, or only the bias if the last value is missing. `Where` and `IsNaN` are outside the
 * subset.
 */
export function outsideModel(
  forecast: Pick<Forecast, "id" | "features">,
  { bias = 0.5, last = lastFeatureOf(forecast), output = predictionOutput } = {},
): Uint8Array<ArrayBuffer> {
  const graph: Graph = {
    ...PORTABLE,
    name: "outside",
    inputs: [{ name: last, type: "float", shape: [null, 1] }],
    outputs: [{ name: output, type: "float", shape: [null, 1] }],
    nodes: [
      node("IsNaN", { inputs: [last], outputs: ["is_missing"] }),
      node("Where", { inputs: ["is_missing", "nothing", last], outputs: ["present"] }),
      node("Add", { inputs: ["present", "bias"], outputs: [output] }),
    ],
    initializers: [floatTensor("nothing", [0]), floatTensor("bias", [bias])],
    producer: "another tool",
    metadata: {},
  };
  return writeModel(graph);
}
