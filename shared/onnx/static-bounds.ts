/**
 * Refuses graphs whose time or memory is not bounded by their file, before another runtime runs them.
 *
 * A file of 1.4 KB can create a billion values, and a Loop may never end. A Worker cannot stop a synchronous run, so such
 * graphs are refused before a session is created. O(nodes).
 */
import { failure, type Result, success } from "../lib/result.ts";
import type { Graph, Node, TensorData } from "./graph.ts";
import { whereOf } from "./operators/operator.ts";
import type { OnnxProblem } from "./problem.ts";

/** Elements that one operator may create from a constant: the same limit as for one row of the built-in engine. */
const elementsMax = 1_000_000;

/** Operators without a bound, or without a use in a tabular model. */
const refused = new Set([
  ...["If", "Loop", "Scan", "SequenceMap"],
  ...["Resize", "Upsample", "EyeLike", "CenterCropPad", "Col2Im", "MaxUnpool"],
  ...["Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"],
]);

/** The inputs that determine the output size of an operator, and a function that computes the size. */
const sized: Readonly<
  Record<string, { readonly inputs: readonly number[]; size(...values: readonly number[][]): number }>
> = {
  ConstantOfShape: { inputs: [0], size: product },
  Expand: { inputs: [1], size: product },
  OneHot: { inputs: [1], size: product },
  Pad: { inputs: [1], size: (pads = []) => pads.reduce((sum, pad) => sum + Math.abs(pad), 0) },
  Range: {
    inputs: [0, 1, 2],
    size: ([start = 0] = [], [limit = 0] = [], [delta = 1] = []) => Math.abs((limit - start) / delta),
  },
  Tile: { inputs: [1], size: product },
};

function product(values: readonly number[] = []): number {
  return values.reduce((all, one) => all * Math.max(1, Math.abs(one)), 1);
}

/** Fails with the first operator whose time or size is not bounded. */
export function checkStaticBounds(graph: Pick<Graph, "nodes" | "initializers">): Result<null, OnnxProblem> {
  const constants = new Map<string, TensorData>(graph.initializers.map((tensor) => [tensor.name, tensor]));
  for (const node of graph.nodes) {
    const problem = problemOf(node, constants);
    if (problem !== null) return failure(problem);
    const value = node.op === "Constant" ? node.attributes.value : undefined;
    const [name] = node.outputs;
    if (value?.kind === "tensor" && name !== undefined) constants.set(name, value.value);
  }
  return success(null);
}

function problemOf(node: Node, constants: ReadonlyMap<string, TensorData>): OnnxProblem | null {
  const where = whereOf(node);
  const refuse = (found: string, expected: string): OnnxProblem => ({ kind: "too-large", where, found, expected });
  const hasSubgraph = Object.values(node.attributes).some(({ kind }) => kind === "unsupported");
  if (hasSubgraph || refused.has(node.op)) {
    return refuse(
      `the operator ${node.op}`,
      "operators with bounded time and size: no loops, no subgraphs, no random numbers",
    );
  }
  const rule = Object.hasOwn(sized, node.op) ? sized[node.op] : undefined;
  if (!rule) return null;
  const values: number[][] = [];
  for (const index of rule.inputs) {
    const constant = constants.get(node.inputs[index] ?? "");
    if (constant === undefined || constant.type === "string")
      return refuse(`${node.op} of a computed size`, "a size that is a constant of the file");
    values.push(Array.from(constant.data, Number));
  }
  const size = rule.size(...values);
  return size <= elementsMax ? null : refuse(`${node.op} of ${size} elements`, `at most ${elementsMax}`);
}
