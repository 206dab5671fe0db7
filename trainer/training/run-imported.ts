/** Runs an imported model file on the rows to score, checks what it returns and chooses the engine that serves it. */
import type { Dataset, RowRange } from "../../shared/features/dataset.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Graph } from "../../shared/onnx/graph.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { describeProblem } from "../../shared/onnx/problem.ts";
import { readTreeNodes } from "../../shared/onnx/tree-nodes.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { EngineName } from "../../shared/predict/engines.ts";
import { type ModelSize, misfitsOf, sizeOfGraph } from "../../shared/registry/fit-limits.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { unequalRow } from "../../shared/training/agreement.ts";
import { type Inputs, inputsOf } from "../../shared/training/inputs.ts";
import type { RunModel } from "../../shared/training/publish-task.ts";
import { Failure } from "../failure.ts";

/** Relative tolerance between engines: they may add in a different order. */
export const tolerance = 1e-5;

export interface RanFile {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly size: ModelSize;
  /** The inputs of the graph, one value for each row. */
  readonly wanted: Inputs;
  readonly outputs: Readonly<Record<string, Float32Array>>;
  /** The prediction of each row. */
  readonly results: Float32Array;
  readonly engine: ServingEngine;
}

interface RowsToScore {
  readonly graph: Graph;
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly rows: RowRange;
}

/** Runs the graph on the rows. @throws Failure if it is too large, returns invalid values or cannot be served */
export async function runImported({ graph, forecast, data, rows }: RowsToScore, run: RunModel): Promise<RanFile> {
  const model = writeModel(graph);
  const size = checkedSize(model);
  const inputs = inputsOf(data, rows);
  const wanted: Inputs = Object.fromEntries(graph.inputs.map(({ name }) => [name, inputs[name] ?? []]));
  const outputs = await run(model, wanted);
  checkReturned(outputs, rows.to - rows.from);
  const results = outputs[predictionOutput] ?? new Float32Array();
  const rowText = (at: number) => `row ${at} of the scored periods (${data.periods[data.period[rows.from + at] ?? 0]})`;
  checkValues(results, { isClasses: forecast.task === "classification", rowText });
  return { model, size, wanted, outputs, results, engine: servingEngine(model, wanted, outputs) };
}

function checkedSize(model: Uint8Array): ModelSize {
  const trees = readTreeNodes(model);
  if (!trees.ok) throw new Failure(`The trees of the file cannot be counted: ${describeProblem(trees.error)}`);
  const size = sizeOfGraph(model.length, { nodes: trees.value });
  const misfits = misfitsOf(size);
  if (misfits.length > 0) throw new Failure(`The model is too large to be served. ${misfits.join(" ")}`);
  return size;
}

/** Checks that every value is a number and, of a classification, a probability. */
function checkValues(
  results: Float32Array,
  { isClasses, rowText }: { readonly isClasses: boolean; rowText(at: number): string },
): void {
  const bad = results.findIndex((one) => !Number.isFinite(one));
  if (bad >= 0)
    throw new Failure(
      `The file returns ${results[bad]} for ${rowText(bad)}. Expected a number. A missing input is NaN: impute it inside the graph.`,
    );
  const outside = isClasses ? results.findIndex((one) => one < 0 || one > 1) : -1;
  if (outside >= 0)
    throw new Failure(
      `The file returns ${results[outside]} for ${rowText(outside)}. Expected the probability of the event, from 0 to 1: export a probability, not a score or a label. See docs/ONNX.md.`,
    );
}

/** Checks that the file returns one number per row. Runtimes do not enforce the declared shape. */
function checkReturned(outputs: Readonly<Record<string, Float32Array>>, rows: number): void {
  const found = outputs[predictionOutput]?.length ?? 0;
  if (found === rows) return;
  throw new Failure(`The file returns ${found} numbers for ${rows} rows. Expected one number per row.`);
}

export interface ServingEngine {
  readonly name: EngineName;
  /** Why the built-in engine cannot run the file; null if it can. */
  readonly why: string | null;
}

/**
 * Chooses the built-in engine if it gives the reference runtime's results, or onnxruntime-web for operators that ours
 * does not support.
 */
function servingEngine(
  model: Uint8Array,
  inputs: Inputs,
  outputs: Readonly<Record<string, Float32Array>>,
): ServingEngine {
  const evaluated = evaluateOnnx(model, inputs);
  if (!evaluated.ok && evaluated.error.isOutside) return { name: "onnxruntime-web", why: evaluated.error.reason };
  if (!evaluated.ok) throw new Failure(`The file cannot be served: ${evaluated.error.reason}`);
  for (const [name, wanted] of Object.entries(outputs)) {
    const row = unequalRow(wanted, evaluated.value[name] ?? [], tolerance);
    if (row !== null) {
      throw new Failure(
        `The engines differ in ${name}, row ${row}: onnxruntime returns ${wanted[row]}, the built-in engine ${evaluated.value[name]?.[row]}.`,
      );
    }
  }
  return { name: "tabular", why: null };
}
