/** Changed model files: read, checked, compiled, run, explained and written again. */
import { buildExplainer } from "../../../shared/explain/explainer.ts";
import { compile } from "../../../shared/onnx/compile.ts";
import type { Value } from "../../../shared/onnx/evaluate.ts";
import type { Graph } from "../../../shared/onnx/graph.ts";
import { readModel } from "../../../shared/onnx/read.ts";
import { checkStaticBounds } from "../../../shared/onnx/static-bounds.ts";
import { readTreeNodes } from "../../../shared/onnx/tree-nodes.ts";
import { writeModel } from "../../../shared/onnx/write.ts";
import { changed, fixtures } from "../inputs.ts";
import type { FuzzTarget } from "../target.ts";

const make = changed(
  () => [...fixtures("onnx", ".onnx"), ...fixtures("onnx-outside", ".onnx")],
  ["\u0000", "\u0001", "\u007f", "\u0008", "Loop", "Cast", "float", "\u0012\u0002", "\u00ff\u00ff", "Reshape", "Tile"],
);

export const onnx: FuzzTarget = {
  make(chance) {
    const bytes = make(chance);
    return () => checkModel(bytes);
  },
};

function checkModel(bytes: Uint8Array): void {
  readTreeNodes(bytes);
  const read = readModel(bytes);
  if (!read.ok) return;
  const graph = read.value;
  checkStaticBounds(graph);
  writeAgain(graph);
  run(graph);
  explain(graph);
}

/** Writes the model as an import does, which refuses inputs of other types and omits outputs of other types. */
function writeAgain(graph: Graph): void {
  if (graph.inputs.some(({ type }) => type === "other")) return;
  writeModel({ ...graph, outputs: graph.outputs.filter(({ type }) => type !== "other") });
}

function run(graph: Graph): void {
  const compiled = compile(graph);
  if (!compiled.ok) return;
  const program = compiled.value;
  const feeds: Record<string, Value> = Object.create(null);
  for (const { name, type, shape } of program.inputs) {
    const dims = shape.map((size) => size ?? 2);
    const length = dims.reduce((all, size) => all * size, 1);
    if (type === "string") feeds[name] = { type, data: Array(length).fill("a"), dims };
    else if (type === "float") feeds[name] = { type, data: new Float32Array(length), dims };
    else return;
  }
  program.run(feeds);
}

function explain(graph: Graph): void {
  const inputs = graph.inputs.map(({ name }) => name);
  const profile = graph.inputs.map(({ name, type }) =>
    type === "string"
      ? { name, dtype: "string" as const, count: 1, missing: 0, counts: { a: 1 } }
      : { name, dtype: "float" as const, count: 1, missing: 0, mean: 1 },
  );
  for (const { name } of graph.outputs) {
    const built = buildExplainer({ graph, inputs, output: name, profile });
    if (built.ok)
      built.value.explain((input) => (graph.inputs.find((one) => one.name === input)?.type === "string" ? "a" : 1));
  }
}
