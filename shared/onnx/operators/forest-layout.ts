/** From nodes in any order to the layout that walks forward; whatever does not form trees is refused. */
import { CODE_BITS, EQUAL, type Forest, MISSING_TRUE } from "./forest.ts";
import type { OperatorNode } from "./operator.ts";

export const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "LEAF"] as const;
/** Numbers of the modes, as in ai.onnx.ml 5, with LEAF after them. */
export const MODE = { leq: 0, lt: 1, gte: 2, gt: 3, eq: 4, neq: 5, leaf: 6 } as const;

/** Nodes and leaf weights by position, one entry a node unless said otherwise. */
export interface ForestSource {
  /** First node of each tree. */
  readonly roots: Int32Array;
  readonly modes: Uint8Array;
  readonly features: Int32Array;
  readonly thresholds: Float32Array;
  /** Null where no missing value is tracked. */
  readonly missingTrue: Int32Array | null;
  /** Positions of children; anything at a leaf. */
  readonly trueNodes: Int32Array;
  readonly falseNodes: Int32Array;
  /** Position of a leaf's first weight; one entry more than nodes, so that the next one's start is the end. */
  readonly weightStarts: Int32Array;
  /** One entry a weight, grouped by leaf in the order of the nodes. */
  readonly weightTargets: Int32Array;
  readonly weights: Float32Array;
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** The largest float32 below `value`; NaN below −∞, because nothing is ≤ NaN. */
export function floatBefore(value: number): number {
  if (value === 0) return -1.401298464324817e-45;
  if (value === Number.NEGATIVE_INFINITY) return Number.NaN;
  single[0] = value;
  bits[0] = (bits[0] ?? 0) + (value > 0 ? -1 : 1);
  return single[0] ?? 0;
}

/** Also called for NaN inputs: without tracking a missing value makes every comparison false but ≠. */
function splitOf(mode: number, threshold: number, tracksTrue: boolean) {
  const swapped = mode === MODE.gte || mode === MODE.gt || mode === MODE.neq;
  const strict = mode === MODE.lt || mode === MODE.gte;
  const equal = mode === MODE.eq || mode === MODE.neq;
  const missingTrue = mode === MODE.neq || tracksTrue;
  return {
    swapped,
    limit: strict ? floatBefore(threshold) : threshold,
    code: (missingTrue !== swapped ? MISSING_TRUE : 0) | (equal ? EQUAL : 0),
  };
}

/** Placed nodes and those still to place, as a stack: a node, and the parent whose false child it is or −1. */
class Layout {
  readonly code: Int32Array;
  readonly limit: Float32Array;
  readonly other: Int32Array;
  readonly source: ForestSource;
  readonly node: OperatorNode;
  readonly #placed: Uint8Array;
  readonly #stack: Int32Array;
  readonly #parents: Int32Array;
  readonly #keepsWeights: boolean;
  #height = 0;
  #next = 0;
  columns = 0;

  constructor(node: OperatorNode, source: ForestSource, keepsWeights: boolean) {
    const count = source.modes.length;
    this.node = node;
    this.source = source;
    this.code = new Int32Array(count);
    this.limit = new Float32Array(count);
    this.other = new Int32Array(count);
    this.#placed = new Uint8Array(count);
    // Each split takes one entry away and puts two there.
    this.#stack = new Int32Array(count + 1);
    this.#parents = new Int32Array(count + 1);
    this.#keepsWeights = keepsWeights;
  }

  /** Returns where the root now lies. */
  placeTree(root: number): number {
    const start = this.#next;
    this.#push(root, -1);
    while (this.#height > 0) {
      this.#height--;
      const from = this.#stack[this.#height] ?? 0;
      const parent = this.#parents[this.#height] ?? -1;
      if (parent >= 0) this.other[parent] = this.#next;
      this.#place(from);
    }
    return start;
  }

  #push(from: number, parent: number): void {
    if (from < 0 || from >= this.#placed.length)
      this.node.malformed(`child ${from} of ${this.#placed.length} nodes`, "a node");
    // Marked when it is found, so that the stack stays within the number of nodes.
    if (this.#placed[from] === 1)
      this.node.malformed(`node ${from} reached twice`, "a tree, where every node has one parent");
    this.#placed[from] = 1;
    this.#stack[this.#height] = from;
    this.#parents[this.#height++] = parent;
  }

  #place(from: number): void {
    const at = this.#next++;
    const { modes, features, thresholds, missingTrue, trueNodes, falseNodes } = this.source;
    const mode = modes[from] ?? MODE.leaf;
    if (mode === MODE.leaf) {
      this.#placeLeaf(from, at);
      return;
    }
    const feature = features[from] ?? 0;
    const threshold = thresholds[from] ?? 0;
    if (feature < 0 || feature >= 2 ** 29) this.node.malformed(`column ${feature} in node ${from}`, "a column");
    if (Number.isNaN(threshold)) this.node.unsupported(`threshold NaN in node ${from}`, "a number");
    const split = splitOf(mode, threshold, missingTrue !== null && missingTrue[from] === 1);
    this.columns = Math.max(this.columns, feature + 1);
    this.code[at] = (feature << CODE_BITS) | split.code;
    this.limit[at] = split.limit;
    const [next, later] = split.swapped ? [falseNodes, trueNodes] : [trueNodes, falseNodes];
    this.#push(later[from] ?? -1, at);
    this.#push(next[from] ?? -1, -1);
  }

  #placeLeaf(from: number, at: number): void {
    const { weightStarts, weights } = this.source;
    const start = weightStarts[from] ?? 0;
    const count = (weightStarts[from + 1] ?? 0) - start;
    if (count < 1) this.node.malformed(`leaf ${from} without a weight`, "at least one");
    this.code[at] = -1 - count;
    this.limit[at] = weights[start] ?? 0;
    this.other[at] = this.#keepsWeights ? start : 0;
  }
}

/** Without `keepsWeights` each leaf has one weight, its `limit`, and the lists of weights are dropped. */
export function layOut(node: OperatorNode, source: ForestSource, keepsWeights: boolean): Forest {
  const { roots, weights, weightTargets } = source;
  const layout = new Layout(node, source, keepsWeights);
  const placed = roots.map((root) => layout.placeTree(root));
  const { code, limit, other, columns } = layout;
  const none = { weights: new Float32Array(0), weightTargets: new Int32Array(0) };
  return { roots: placed, code, limit, other, ...(keepsWeights ? { weights, weightTargets } : none), columns };
}
