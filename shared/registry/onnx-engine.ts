import { failure, type Result, success } from "../lib/result.ts";
import { compile } from "../onnx/compile.ts";
import { ownOf, type Program, type Value } from "../onnx/evaluate.ts";
import { describeProblem, type OnnxProblem } from "../onnx/problem.ts";
import { readModel } from "../onnx/read.ts";
import type { Evaluate, Evaluated, EvaluationProblem, InputColumn } from "./golden.ts";

/** Columns by the name of their input. */
export type Columns = Readonly<Record<string, InputColumn>>;

export type CompiledModel = Result<Program, EvaluationProblem>;

/** Compiles a model file to a program, or returns why it cannot. O(bytes). */
export function compileModel(model: Uint8Array): CompiledModel {
  const read = readModel(model);
  if (!read.ok) return refused("model.onnx cannot be read", read.error);
  const compiled = compile(read.value);
  if (!compiled.ok) return refused("this engine cannot run model.onnx", compiled.error);
  return compiled;
}

function refused(what: string, problem: OnnxProblem): CompiledModel {
  const reason = `${what}: ${describeProblem(problem)}`;
  return failure(problem.kind === "unsupported" ? { reason, isOutside: true } : { reason });
}

/** Input values of a program, in the order of its inputs; undefined for an input without a column. */
export type Feeds = readonly (Value | undefined)[];

export function feedsOf(program: Program, inputs: Columns): Feeds {
  const feeds: (Value | undefined)[] = [];
  let dims: Value["dims"] = [];
  for (const { name } of program.inputs) {
    const column = ownOf(inputs, name);
    // Each input has the shape [N, 1].
    if (column && dims[0] !== column.length) dims = [column.length, 1];
    feeds.push(column && feedOf(column, dims));
  }
  return feeds;
}

/** Runs a batch. Outputs that are not numeric are omitted. O(rows × model). */
export function runProgram(program: Program, inputs: Columns): Evaluated {
  return runFeeds(program, feedsOf(program, inputs));
}

/** Like `runProgram`, for inputs that are prepared once and run many times. */
export function runFeeds(program: Program, feeds: Feeds): Evaluated {
  const run = program.runOrdered(feeds);
  if (!run.ok) return failure({ reason: `model.onnx rejects these rows: ${describeProblem(run.error)}` });
  const outputs: Record<string, ArrayLike<number>> = Object.create(null);
  for (const name in run.value) {
    const value = run.value[name];
    if (value && value.type !== "string") outputs[name] = value.data;
  }
  return success(outputs);
}

/** Evaluates a model file with the built-in engine. */
export const evaluateOnnx: Evaluate = (model, inputs) => {
  const compiled = compileModel(model);
  return compiled.ok ? runProgram(compiled.value, inputs) : compiled;
};

function feedOf(column: InputColumn, dims: Value["dims"]): Value {
  return column instanceof Float32Array
    ? { type: "float", data: column, dims }
    : { type: "string", data: column, dims };
}
