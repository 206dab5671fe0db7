/**
 * Exports a learner of further steps as an ONNX graph, `steps.onnx`. Its inputs are the features of the forecast, computed for a
 * target some periods ahead, and `step`. Outputs: `down_probability` and `up_probability`, or `prediction`.
 */
import { dtypeOf, type Feature } from "../features/feature.ts";
import { type Graph, int, ints, PORTABLE } from "../onnx/graph.ts";
import { downOutput, outputNames, predictionOutput, upOutput } from "../onnx/outputs.ts";
import type { Transform } from "./fitted.ts";
import { moveNodes } from "./graph.ts";
import { Builder } from "./graph-builder.ts";
import { bothNodes } from "./graph-trees.ts";
import { isDivided, type StepModel } from "./step-model.ts";
import type { StepModels } from "./step-models.ts";

export interface StepGraphParts {
  readonly features: readonly Feature[];
  /** Name of the feature with the last value. */
  readonly last: string;
  /** Name of the input with the number of periods ahead. */
  readonly step: string;
  readonly transform: Transform;
  readonly models: StepModels;
  readonly name: string;
  readonly producer: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Builds the graph. Throws if a feature has the name of an output or of the step. */
export function stepGraphOf(unsorted: StepGraphParts): Graph {
  const parts = { ...unsorted, models: [...unsorted.models].sort(allStepsLast) };
  const names = parts.features.map(({ name }) => name);
  const clash = names.find((name) => outputNames.includes(name) || name === parts.step);
  if (clash !== undefined)
    throw new RangeError(`feature ${clash} has the name of an output or of the step. Rename it.`);
  const build = new Builder([...names, parts.step]);
  const columns = parts.models.map(({ model }) => modelNodes(build, model, parts));
  const outputs = Object.keys(columns[0] ?? {});
  const isOf = parts.models.length > 1 ? stepColumns(build, parts) : null;
  for (const output of outputs) selectNodes(build, { output, isOf, columns: columns.map((one) => one[output] ?? "") });
  return {
    ...PORTABLE,
    name: parts.name,
    inputs: [
      ...parts.features.map((feature) => ({ name: feature.name, type: dtypeOf(feature), shape: [null, 1] })),
      { name: parts.step, type: "float" as const, shape: [null, 1] },
    ],
    outputs: outputs.map((name) => ({ name, type: "float" as const, shape: [null, 1] })),
    nodes: build.nodes,
    initializers: build.tensors,
    producer: parts.producer,
    metadata: parts.metadata,
  };
}

function allStepsLast(a: StepModels[number], b: StepModels[number]): number {
  return Number(a.step === null) - Number(b.step === null);
}

/** Adds the outputs of one model, like `predictStepModel`. */
function modelNodes(build: Builder, model: StepModel, parts: StepGraphParts): Record<string, string> {
  if (model.kind === "directions") {
    // onnxruntime-web 1.30 fuses a division with the product that reads it, and loses the quotient if there are two products.
    const change = timesOne(build, bothNodes(build, model.change).event);
    const rise = bothNodes(build, model.rise);
    return {
      [downOutput]: build.add("Mul", "fall", [change, rise.complement]),
      [upOutput]: build.add("Mul", "rise", [change, rise.event]),
    };
  }
  const move = moveNodes(build, model.value, parts);
  return {
    [predictionOutput]: valueNode(build, isDivided(parts.transform) ? wholeMove(build, move, parts) : move, parts),
  };
}

/** Adds move × √step. There is no square root in every tabular engine, so it is e^(½ · log step). */
function wholeMove(build: Builder, move: string, { step }: StepGraphParts): string {
  const half = build.add("Mul", "half_log", [build.add("Log", "log_step", [step]), build.constant("half", [0.5])]);
  return build.add("Mul", "whole_move", [move, build.add("Exp", "root_of_step", [half])]);
}

/** Adds the conversion back to the target's unit, like `valueAfter`. */
function valueNode(build: Builder, move: string, { transform, last }: StepGraphParts): string {
  switch (transform) {
    case "level":
      return move;
    case "difference":
      return build.add("Add", "value", [last, move]);
    case "log-difference":
      return build.add("Mul", "value", [last, build.add("Exp", "growth", [move])]);
  }
}

/** Adds a 0/1 column per model: 1 if it predicts the row, by its step. The model of all steps predicts the other rows. */
function stepColumns(build: Builder, { step, models }: StepGraphParts): string {
  const steps = models.flatMap((model) => model.step ?? []);
  const encoded = build.addMl("OneHotEncoder", "is_step", [step], { cats_int64s: ints(steps), zeros: int(1) });
  const own = build.add("Reshape", "flat_steps", [encoded, build.shape("steps_shape", [0, steps.length])]);
  if (steps.length === models.length) return own;
  const any = build.add("MatMul", "is_any_step", [own, ones(build, steps.length)]);
  const other = build.add("Sub", "is_other_step", [build.constant("one", [1]), any]);
  return build.add("Concat", "model_of_row", [own, other], { axis: int(1) });
}

interface Selection {
  readonly output: string;
  /** A 0/1 column per model; null for a single model. */
  readonly isOf: string | null;
  /** The output of each model. */
  readonly columns: readonly string[];
}

/** Adds an output: that of the model whose step the row has. A sum of one number and zeros is exact. */
function selectNodes(build: Builder, { output, isOf, columns }: Selection): void {
  const all =
    columns.length === 1 ? (columns[0] ?? "") : build.add("Concat", "of_all_steps", columns, { axis: int(1) });
  const own = isOf === null ? all : build.add("Mul", "of_own_step", [all, isOf]);
  build.output("MatMul", output, [own, ones(build, columns.length)]);
}

function ones(build: Builder, count: number): string {
  return build.matrix("ones", new Float32Array(count).fill(1), 1);
}

/** Adds a product with the matrix [[1]], which no runtime leaves out. */
function timesOne(build: Builder, column: string): string {
  return build.add("MatMul", "copy", [column, ones(build, 1)]);
}
