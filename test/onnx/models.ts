/** Small graphs for tests. */

import type { Ensemble } from "../../shared/models/tree.ts";
import { ensembleAttributes } from "../../shared/onnx/ensemble-attributes.ts";
import { type Graph, type GraphValue, mlNode, type Node, PORTABLE, type Tensor } from "../../shared/onnx/graph.ts";

interface Parts {
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly nodes: readonly Node[];
  readonly initializers?: readonly Tensor[];
  readonly opsets?: Graph["opsets"];
  readonly irVersion?: number;
}

export function graphOf(parts: Parts): Graph {
  return { name: "test", initializers: [], ...PORTABLE, producer: "almanac", metadata: {}, ...parts };
}

/** Builds a graph from float32 `x` [N, columns] to float32 `y` [N, 1]. */
export function ensembleGraph(ensemble: Ensemble): Graph {
  const attributes = ensembleAttributes(ensemble);
  return graphOf({
    inputs: [{ name: "x", type: "float", shape: [null, ensemble.columns] }],
    outputs: [{ name: "y", type: "float", shape: [null, 1] }],
    nodes: [mlNode("TreeEnsembleRegressor", { inputs: ["x"], outputs: ["y"], attributes })],
  });
}
