/** The interface of an operator: it checks one node, determines the types and shapes of its outputs, and returns a kernel. */
import type { CodedTexts, Data, Domain, ElementType, Node, Tensor, TensorShape } from "../graph.ts";
import { type OnnxProblem, OnnxRefusal } from "../problem.ts";

/** A value between nodes at compile time. */
export interface Slot {
  readonly type: ElementType;
  /** At most one axis is null, N. */
  readonly shape: TensorShape;
  readonly constant: Tensor | null;
}

export type Output = Pick<Slot, "type" | "shape">;

/** Fills every element of `outputs`, whose lengths match their shapes. Must not store references to the arrays. */
export type Kernel = (inputs: readonly Data[], outputs: readonly Data[]) => void;

/** `view`: the first input's elements with another shape or name, without computation. */
export type Prepared =
  | { readonly kind: "compute"; readonly outputs: readonly Output[]; readonly run: Kernel }
  | { readonly kind: "view"; readonly shape: TensorShape };

export interface Operator {
  readonly name: string;
  readonly domain: Domain;
  /** Supported attributes, and attributes that may be ignored because they do not change the result. Others are refused. */
  readonly attributes: readonly string[];
  /** One line for the table of docs/ONNX.md: what is supported and what is not. */
  readonly note: string;
  /** Throws an `OnnxRefusal` for anything outside the subset. */
  prepare(node: OperatorNode): Prepared;
}

export interface OperatorLimits {
  /** Nodes of one tree ensemble. */
  readonly treeNodesMax: number;
  /** Elements of all values together, for one row. */
  readonly elementsMax: number;
}

/** A node with typed access to its inputs (by position) and attributes (by name and kind). */
export class OperatorNode {
  readonly node: Node;
  /** Opset version of the node's domain. */
  readonly version: number;
  readonly limits: OperatorLimits;
  readonly where: string;
  readonly #slots: readonly (Slot | null)[];

  constructor(node: Node, slots: readonly (Slot | null)[], context: { version: number; limits: OperatorLimits }) {
    this.node = node;
    this.version = context.version;
    this.limits = context.limits;
    this.where = whereOf(node);
    this.#slots = slots;
  }

  refuse(kind: OnnxProblem["kind"], found: string, expected: string): never {
    throw new OnnxRefusal({ kind, where: this.where, found, expected });
  }

  unsupported(found: string, expected: string): never {
    return this.refuse("unsupported", found, expected);
  }

  malformed(found: string, expected: string): never {
    return this.refuse("malformed", found, expected);
  }

  get inputCount(): number {
    return this.#slots.length;
  }

  optionalInput(index: number): Slot | null {
    return this.#slots[index] ?? null;
  }

  input(index: number): Slot {
    return this.optionalInput(index) ?? this.malformed(`no input ${index}`, "one");
  }

  /** Returns an input and refuses types other than the listed ones. */
  typedInput<Type extends ElementType>(index: number, ...types: Type[]): Slot & { readonly type: Type } {
    const slot = this.input(index);
    const type = types.find((allowed) => allowed === slot.type);
    if (type === undefined) return this.unsupported(`input ${index} of type ${slot.type}`, types.join(" or "));
    return { ...slot, type };
  }

  /** Returns an input that must be a constant of the file. */
  constant(index: number): Tensor {
    return this.input(index).constant ?? this.unsupported(`a computed input ${index}`, "a constant");
  }

  has(name: string): boolean {
    return this.node.attributes[name] !== undefined;
  }

  float(name: string, fallback: number): number {
    return Math.fround(this.#attribute(name, "float")?.value ?? fallback);
  }

  int(name: string, fallback: number): number {
    return this.#attribute(name, "int")?.value ?? fallback;
  }

  string(name: string, fallback: string): string {
    return this.#attribute(name, "string")?.value ?? fallback;
  }

  tensor(name: string): Tensor | null {
    return this.#attribute(name, "tensor")?.value ?? null;
  }

  /** Returns a list of floats; empty if the attribute is missing. */
  floats(name: string): Float32Array {
    const values = this.#attribute(name, "floats")?.values ?? [];
    return values instanceof Float32Array ? values : Float32Array.from(values);
  }

  ints(name: string): ArrayLike<number> {
    return this.#attribute(name, "ints")?.values ?? [];
  }

  strings(name: string): readonly string[] {
    return this.#attribute(name, "strings")?.values ?? [];
  }

  /** Returns a list of texts as codes; null if the reader did not code it. */
  coded(name: string): CodedTexts | null {
    return this.#attribute(name, "strings")?.coded ?? null;
  }

  #attribute<Kind extends Node["attributes"][string]["kind"]>(name: string, kind: Kind) {
    const attribute = this.node.attributes[name];
    if (attribute === undefined) return null;
    if (!isOfKind(attribute, kind)) {
      const found = attribute.kind === "unsupported" ? attribute.found : attribute.kind;
      return this.malformed(`attribute ${name} of kind ${found}`, kind);
    }
    return attribute;
  }
}

type AnyAttribute = Node["attributes"][string];

function isOfKind<Kind extends AnyAttribute["kind"]>(
  attribute: AnyAttribute,
  kind: Kind,
): attribute is Extract<AnyAttribute, { kind: Kind }> {
  return attribute.kind === kind;
}

export function whereOf(node: Node): string {
  return `node ${node.name === "" ? (node.outputs[0] ?? "") : node.name} (${node.op})`;
}
