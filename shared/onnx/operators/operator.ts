/** What an operator is to the compiler: it checks one node, says what comes out, and leaves a kernel behind. */
import type { CodedTexts, Data, Domain, ElementType, Node, Shape, Tensor } from "../graph.ts";
import { type OnnxProblem, Refusal } from "../problem.ts";

/** A value between nodes, as far as it is known before there are rows. */
export interface Slot {
  readonly type: ElementType;
  /** At most one axis is null, N. */
  readonly shape: Shape;
  readonly constant: Tensor | null;
}

export type Output = Pick<Slot, "type" | "shape">;

/** Fills every element of `outputs`, which are as long as their shapes say; keeps neither array. */
export type Kernel = (inputs: readonly Data[], outputs: readonly Data[]) => void;

/** `view`: the first input's elements under another shape or name; nothing is computed. */
export type Prepared =
  | { readonly kind: "compute"; readonly outputs: readonly Output[]; readonly run: Kernel }
  | { readonly kind: "view"; readonly shape: Shape };

export interface Operator {
  readonly name: string;
  readonly domain: Domain;
  /** Attributes that are heeded, or that may be ignored because they change nothing; any other is refused. */
  readonly attributes: readonly string[];
  /** One line for the table of docs/ONNX.md: what is taken and what is not. */
  readonly note: string;
  /** Throws a `Refusal` for anything outside the subset. */
  prepare(node: OperatorNode): Prepared;
}

export interface OperatorLimits {
  /** Nodes of one tree ensemble. */
  readonly treeNodesMax: number;
  /** Elements of all values together, for one row. */
  readonly elementsMax: number;
}

/** A node as its operator sees it: inputs by position, attributes by name and kind. */
export class OperatorNode {
  readonly node: Node;
  /** Of the node's domain. */
  readonly version: number;
  readonly limits: OperatorLimits;
  readonly where: string;
  readonly #slots: readonly (Slot | null)[];

  constructor(node: Node, slots: readonly (Slot | null)[], given: { version: number; limits: OperatorLimits }) {
    this.node = node;
    this.version = given.version;
    this.limits = given.limits;
    this.where = whereOf(node);
    this.#slots = slots;
  }

  refuse(kind: OnnxProblem["kind"], found: string, expected: string): never {
    throw new Refusal({ kind, where: this.where, found, expected });
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

  /** An input of one of some types. */
  typedInput<Type extends ElementType>(index: number, ...types: Type[]): Slot & { readonly type: Type } {
    const slot = this.input(index);
    const type = types.find((allowed) => allowed === slot.type);
    if (type === undefined) return this.unsupported(`input ${index} of type ${slot.type}`, types.join(" or "));
    return { ...slot, type };
  }

  /** An input that is a constant of the file. */
  constant(index: number): Tensor {
    return this.input(index).constant ?? this.unsupported(`input ${index} computed`, "a constant");
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

  /** Empty when the attribute is missing. */
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

  /** Texts as positions among a few; null where they are not read so. */
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
