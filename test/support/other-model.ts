/** A model in the format of another tool. */
import { float, floats, type Graph, int, mlNode, node, PORTABLE } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";

/** Builds prediction = last + share × its change, in the format of another tool. */
export function lineOf(inputs: readonly string[], share: number): Uint8Array<ArrayBuffer> {
  const graph: Graph = {
    ...PORTABLE,
    name: "line",
    inputs: inputs.map((name) => ({ name, type: "float", shape: [null, 1] })),
    outputs: [{ name: "variable", type: "float", shape: [null, 1] }],
    nodes: [
      node("Concat", { inputs, outputs: ["both"], attributes: { axis: int(1) } }),
      mlNode("Imputer", {
        inputs: ["both"],
        outputs: ["present"],
        attributes: { imputed_value_floats: floats([0]), replaced_value_float: float(Number.NaN) },
      }),
      mlNode("LinearRegressor", {
        inputs: ["present"],
        outputs: ["variable"],
        attributes: { coefficients: floats([1, share]), intercepts: floats([0]), targets: int(1) },
      }),
    ],
    initializers: [],
    producer: "another tool",
    metadata: {},
  };
  return writeModel(graph);
}
