/** Checks the graph of an imported model file: its inputs are features, and it has one output. */
import { dtypeOf } from "../../shared/features/feature.ts";
import { type Forecast, lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { withSuggestion } from "../../shared/lib/did-you-mean.ts";
import { type Graph, type GraphValue, node } from "../../shared/onnx/graph.ts";
import { describeShape } from "../../shared/onnx/operators/data.ts";
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import { describeProblem } from "../../shared/onnx/problem.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { checkStaticBounds } from "../../shared/onnx/static-bounds.ts";
import { Failure } from "../failure.ts";

/** Returns the graph with a single output named `prediction`. @throws Failure if an input is not a feature or the output does not fit. */
export function checkedGraph(bytes: Uint8Array, forecast: Forecast): Graph {
  const read = readModel(bytes);
  if (!read.ok) {
    const what =
      read.error.kind === "unsupported" ? "The file cannot be imported" : "The file is not a readable ONNX model";
    throw new Failure(`${what}: ${describeProblem(read.error)}`);
  }
  const graph = read.value;
  const bounded = checkStaticBounds(graph);
  if (!bounded.ok) throw new Failure(`The file cannot be imported: ${describeProblem(bounded.error)}`);
  const names = forecast.features.map(({ name }) => name);
  for (const input of graph.inputs) {
    const feature = forecast.features.find(({ name }) => name === input.name);
    if (!feature) {
      const unknown = withSuggestion(`Input ${input.name} is not a feature of ${forecast.id}`, input.name, names);
      throw new Failure(
        `${unknown} Export the model with one input of shape [N, 1] for each feature. docs/ONNX.md shows how to split a matrix.`,
      );
    }
    const width = input.shape?.at(-1);
    if (input.type !== dtypeOf(feature) || (input.shape !== null && (input.shape.length !== 2 || width !== 1))) {
      const found = `${input.type} ${JSON.stringify(input.shape)}`;
      throw new Failure(`Input ${input.name} is ${found}. Expected ${dtypeOf(feature)} of shape [N, 1].`);
    }
  }
  if (!names.includes(lastFeatureOf(forecast)))
    throw new Failure(`${forecast.id} declares no feature for the last value.`);
  const numbers = graph.outputs.filter(({ type }) => type === "float");
  const output =
    graph.outputs.find(({ name }) => name === predictionOutput) ?? (numbers.length === 1 ? numbers[0] : undefined);
  if (!output) {
    const found = graph.outputs.map(({ name, type }) => `${name} (${type})`).join(", ");
    throw new Failure(`The outputs are ${found}. Expected ${predictionOutput} as float, or a single float output.`);
  }
  checkDeclared(output);
  if (output.name === predictionOutput) return { ...graph, outputs: [output] };
  const renamed = node("Identity", { inputs: [output.name], outputs: [predictionOutput] });
  return { ...graph, nodes: [...graph.nodes, renamed], outputs: [{ ...output, name: predictionOutput }] };
}

/** Checks that the declared output shape is one number per row. */
function checkDeclared({ name, shape }: GraphValue): void {
  const width = shape
    ?.slice(1)
    .reduce<number | null>((all, size) => (all === null || size === null ? null : all * size), 1);
  // An unknown width is checked on the returned values.
  if (shape === null || width === 1 || width === null) return;
  const found = `The output ${name} has the shape ${describeShape(shape)}. Expected [N, 1], one number per row.`;
  const fix = width === 2 ? " Two columns are the probabilities of both classes: export only column 1, the event." : "";
  throw new Failure(`${found}${fix} See docs/ONNX.md.`);
}
