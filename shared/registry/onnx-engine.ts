import { compile } from "../onnx/compile.ts";
import type { Value } from "../onnx/evaluate.ts";
import { describeProblem } from "../onnx/problem.ts";
import { readModel } from "../onnx/read.ts";
import type { Column, Evaluate } from "./golden.ts";

/** The engine that serves: typed arrays out of the file's graph. Outputs that are not numbers are left out. */
export const evaluateOnnx: Evaluate = (model, inputs) => {
  const read = readModel(model);
  if (!read.ok) return { ok: false, reason: `model.onnx cannot be read: ${describeProblem(read.problem)}` };
  const compiled = compile(read.graph);
  if (!compiled.ok) return { ok: false, reason: `model.onnx cannot be run here: ${describeProblem(compiled.problem)}` };
  const feeds = Object.fromEntries(Object.entries(inputs).map(([name, column]) => [name, feedOf(column)]));
  const run = compiled.program.run(feeds);
  if (!run.ok)
    return { ok: false, reason: `model.onnx does not take its golden rows: ${describeProblem(run.problem)}` };
  const outputs: Record<string, ArrayLike<number>> = {};
  for (const [name, value] of Object.entries(run.outputs)) if (value.type !== "string") outputs[name] = value.data;
  return { ok: true, outputs };
};

/** One feature is one column: [N, 1]. */
function feedOf(column: Column): Value {
  const dims = [column.length, 1];
  return column instanceof Float32Array
    ? { type: "float", data: column, dims }
    : { type: "string", data: column, dims };
}
