/**
 * Compiles a graph to a program: names become positions, and every size is known except N, the number of rows.
 *
 * Operators and attributes outside the subset are refused here by name. A compiled program can fail only on its inputs.
 */
import type { Result } from "../lib/result.ts";
import { Program, type ProgramStep, type Storage } from "./evaluate.ts";
import type { Graph, GraphValue, Node, TensorShape } from "./graph.ts";
import { elementsPerRow, isSameShape } from "./operators/data.ts";
import { OPSETS, operatorNamed } from "./operators/index.ts";
import {
  type OperatorLimits,
  OperatorNode,
  type Output,
  type Prepared,
  type Slot,
  whereOf,
} from "./operators/operator.ts";
import { attempt, type OnnxProblem, OnnxRefusal } from "./problem.ts";

export interface CompileLimits extends OperatorLimits {
  /** Elements of all values together in one run. */
  readonly runElementsMax: number;
}

/** A Worker of 128 MB can load this: a node takes about 60 bytes during loading, its part of the file included, and 12 after. */
const DEFAULT_LIMITS: CompileLimits = {
  treeNodesMax: 1_500_000,
  elementsMax: 1_000_000,
  runElementsMax: 16_000_000,
};

/** Compiles any graph without throwing. O(size of the graph). */
export function compile(graph: Graph, limits: Partial<CompileLimits> = {}): Result<Program, OnnxProblem> {
  return attempt(() => new Compiler(graph, { ...DEFAULT_LIMITS, ...limits }).program());
}

function refuse(kind: OnnxProblem["kind"], where: string, [found, expected]: readonly [string, string]): never {
  throw new OnnxRefusal({ kind, where, found, expected });
}

/** A value and the position of its elements. Views share the position of another value. */
interface Known extends Slot {
  readonly at: number;
}

class Compiler {
  readonly #graph: Graph;
  readonly #limits: CompileLimits;
  readonly #known = new Map<string, Known>();
  readonly #storages: Storage[] = [];
  readonly #steps: ProgramStep[] = [];
  /** Elements of all values so far, for one row. */
  #elements = 0;

  constructor(graph: Graph, limits: CompileLimits) {
    this.#graph = graph;
    this.#limits = limits;
  }

  program(): Program {
    for (const tensor of this.#graph.initializers) {
      this.#define(
        tensor.name,
        { type: tensor.type, shape: tensor.dims, constant: tensor },
        { kind: "constant", data: tensor.data },
      );
    }
    // Old files list initializers among the inputs too.
    const inputs = this.#graph.inputs.filter(({ name }) => !this.#known.has(name));
    for (const input of inputs) this.#defineInput(input);
    for (const node of this.#graph.nodes) this.#addNode(node);
    return new Program({
      inputs: inputs.map((input) => this.#find(input.name, "the inputs")),
      outputs: this.#graph.outputs.map((output) => this.#output(output)),
      storages: this.#storages,
      steps: this.#steps,
      elementsMax: this.#limits.runElementsMax,
    });
  }

  #define(name: string, slot: Slot, storage: Storage): void {
    const at = this.#storages.length;
    this.#storages.push(storage);
    this.#name(name, { ...slot, at });
  }

  #name(name: string, value: Known): void {
    if (this.#known.has(name)) refuse("malformed", `value ${name}`, ["two definitions", "one"]);
    this.#known.set(name, value);
  }

  #find(name: string, where: string): Known & { readonly name: string } {
    const value = this.#known.get(name);
    if (value === undefined)
      return refuse("malformed", where, [`the value ${name}`, "a value that is defined before it is used"]);
    return { ...value, name };
  }

  #defineInput({ name, type, shape }: GraphValue): void {
    const where = `input ${name}`;
    if (type === "other" || type === "double" || type === "uint8") {
      refuse("unsupported", where, [`type ${type}`, "float, int64, int32, bool or string"]);
    }
    const known = shape ?? refuse("unsupported", where, ["no shape", "a shape"]);
    this.#checkShape(where, known);
    this.#define(name, { type, shape: known, constant: null }, { kind: "fed", type, shape: known });
  }

  #checkShape(where: string, shape: TensorShape): void {
    if (shape.indexOf(null) !== shape.lastIndexOf(null)) {
      refuse("unsupported", where, [
        `shape [${shape.map((size) => size ?? "?")}]`,
        "at most one unknown size, the number of rows",
      ]);
    }
    this.#elements += elementsPerRow(shape);
    if (this.#elements > this.#limits.elementsMax) {
      refuse("too-large", where, [
        `at least ${this.#elements} elements per row`,
        `at most ${this.#limits.elementsMax}`,
      ]);
    }
  }

  #addNode(node: Node): void {
    const where = whereOf(node);
    const inputs = node.inputs.map((name) => (name === "" ? null : this.#find(name, where)));
    const prepared = this.#prepare(node, inputs);
    if (prepared.kind === "view") {
      this.#addView(node, inputs[0] ?? null, prepared.shape);
      return;
    }
    const outputs = this.#defineOutputs(node, prepared.outputs);
    this.#steps.push({ run: prepared.run, inputs: inputs.map((input) => input?.at ?? -1), outputs });
  }

  #prepare(node: Node, inputs: readonly (Known | null)[]): Prepared {
    const where = whereOf(node);
    const operator = operatorNamed(node.domain, node.op);
    if (operator === null) {
      return refuse("unsupported", where, [
        `operator ${node.domain || "ai.onnx"}:${node.op}`,
        "an operator of docs/ONNX.md",
      ]);
    }
    const unknown = Object.keys(node.attributes).find((name) => !operator.attributes.includes(name));
    if (unknown !== undefined) {
      return refuse("unsupported", where, [`attribute ${unknown}`, operator.attributes.join(", ") || "none"]);
    }
    const context = { version: this.#versionOf(node, where), limits: this.#limits };
    return operator.prepare(new OperatorNode(node, inputs, context));
  }

  #addView(node: Node, source: Known | null, shape: TensorShape): void {
    const [name] = node.outputs;
    if (node.outputs.length !== 1 || name === undefined || source === null) {
      refuse("malformed", whereOf(node), [`${node.outputs.length} outputs`, "1"]);
    }
    this.#checkShape(whereOf(node), shape);
    this.#name(name, { ...source, shape, constant: reshapedConstant(source, shape) });
  }

  #versionOf(node: Node, where: string): number {
    const version = this.#graph.opsets[node.domain];
    const range = OPSETS[node.domain];
    if (version === undefined || range === undefined) {
      return refuse("malformed", where, [`no version of ${node.domain || "ai.onnx"}`, "an opset_import"]);
    }
    if (version < range.min || version > range.max) {
      return refuse("unsupported", where, [`${node.domain || "ai.onnx"} ${version}`, `${range.min}…${range.max}`]);
    }
    return version;
  }

  /** Allocates a storage for every output, including outputs without a name. */
  #defineOutputs(node: Node, outputs: readonly Output[]): number[] {
    if (node.outputs.length > outputs.length) {
      return refuse("malformed", whereOf(node), [`${node.outputs.length} outputs`, `at most ${outputs.length}`]);
    }
    return outputs.map(({ type, shape }, index) => {
      this.#checkShape(whereOf(node), shape);
      const at = this.#storages.length;
      const name = node.outputs[index] ?? "";
      this.#storages.push({ kind: "computed", type, shape });
      if (name !== "") this.#name(name, { type, shape, constant: null, at });
      return at;
    });
  }

  #output(output: GraphValue): Known & { readonly name: string } {
    const where = `output ${output.name}`;
    const value = this.#find(output.name, where);
    if (output.type !== "other" && output.type !== value.type) {
      return refuse("malformed", where, [`the declared type ${output.type}`, `${value.type}, the computed type`]);
    }
    return value;
  }
}

function reshapedConstant(slot: Slot, shape: TensorShape): Slot["constant"] {
  if (slot.constant === null || isSameShape(slot.shape, shape)) return slot.constant;
  const dims = shape.filter((size) => size !== null);
  return dims.length === shape.length ? { ...slot.constant, dims } : null;
}
