import { floatTensor, int64Tensor, mlNode, type Node, node, type Tensor } from "../onnx/graph.ts";

/** Collects nodes and constants, and gives every value a unique name. */
export class Builder {
  readonly nodes: Node[] = [];
  readonly tensors: Tensor[] = [];
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** Returns an unused name: `.trees`, `.trees_2`, … The names of features are never reused. */
  name(stem: string): string {
    let name = `.${stem}`;
    for (let count = 2; this.#taken.has(name); count++) name = `.${stem}_${count}`;
    this.#taken.add(name);
    return name;
  }

  /**
   * Adds a node that writes an output of the file. Other nodes may read it. An Identity node instead would be removed by
   * onnxruntime-web 1.30, which then loses a value with several readers.
   */
  output(op: string, name: string, inputs: readonly string[], attributes: Node["attributes"] = {}): string {
    this.nodes.push(node(op, { inputs, outputs: [name], attributes }));
    return name;
  }

  add(op: string, stem: string, inputs: readonly string[], attributes: Node["attributes"] = {}): string {
    const output = this.name(stem);
    this.nodes.push(node(op, { inputs, outputs: [output], attributes }));
    return output;
  }

  addMl(op: string, stem: string, inputs: readonly string[], attributes: Node["attributes"]): string {
    const output = this.name(stem);
    this.nodes.push(mlNode(op, { inputs, outputs: [output], attributes }));
    return output;
  }

  constant(stem: string, values: ArrayLike<number>): string {
    const name = this.name(stem);
    this.tensors.push(floatTensor(name, values));
    return name;
  }

  /** Adds a constant matrix, row-major, with `columns` columns. */
  matrix(stem: string, values: ArrayLike<number>, columns: number): string {
    const name = this.name(stem);
    this.tensors.push(floatTensor(name, values, [values.length / columns, columns]));
    return name;
  }

  shape(stem: string, values: ArrayLike<number>): string {
    const name = this.name(stem);
    this.tensors.push(int64Tensor(name, values));
    return name;
  }
}
