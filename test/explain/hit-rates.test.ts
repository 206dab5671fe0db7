/** LightGBM's converter writes a hit rate of 1 on every node. Such weights give no Shapley values, so the file is not explained. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildExplainer } from "../../shared/explain/explainer.ts";
import type { Graph } from "../../shared/onnx/graph.ts";
import { readModel } from "../../shared/onnx/read.ts";

const read = readModel(new Uint8Array(readFileSync("test/fixtures/onnx-cases/lgb-hitrates-one.onnx")));
if (!read.ok) throw new Error(JSON.stringify(read.error));
const graph = read.value;
const [output] = graph.outputs;

function built(changed: Graph) {
  const inputs = changed.inputs.map(({ name }) => name);
  const profile = inputs.map((name) => ({ name, dtype: "float" as const, count: 1, missing: 0, mean: 1 }));
  return buildExplainer({ graph: changed, inputs, output: output?.name ?? "", profile });
}

/** Returns the graph with other hit rates. */
function withHitRates(rateOf: (mode: string) => number): Graph {
  const nodes = graph.nodes.map((node) => {
    const modes = node.attributes.nodes_modes;
    if (modes?.kind !== "strings") return node;
    const values = Float32Array.from(modes.values, rateOf);
    return { ...node, attributes: { ...node.attributes, nodes_hitrates: { kind: "floats" as const, values } } };
  });
  return { ...graph, nodes };
}

test("a forest whose hit rates are all 1 is not explained, and the reason names the attribute", () => {
  expect(built(graph)).toEqual({
    ok: false,
    error: "its nodes_hitrates do not add up: the value of a branch is not the sum of its two children",
  });
});

test.each([
  ["0", () => 0],
  ["2 on branches and 1 on leaves", (mode: string) => (mode === "LEAF" ? 1 : 2)],
])("neither is a forest with hit rates of %s", (_, rateOf) => {
  expect(built(withHitRates(rateOf)).ok).toBe(false);
});
