/** Lays out nodes of any order so that evaluation moves forward. Refuses nodes that do not form trees. */
import { CODE_BITS, EQUAL, LIMIT, MISSING_TRUE, NODE_WORDS, OTHER, type PackedForest } from "./forest.ts";
import type { OperatorNode } from "./operator.ts";

export const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", "LEAF"] as const;
/** Numbers of the modes as in ai.onnx.ml 5, followed by LEAF. */
export const MODE = { leq: 0, lt: 1, gte: 2, gt: 3, eq: 4, neq: 5, leaf: 6 } as const;

/** Integers in the array type that the reader chose. */
export type Ints = Int32Array | Uint8Array;

/** The nodes of one tree, which are contiguous. The root is first. */
export interface TreeSpan {
  readonly start: number;
  readonly end: number;
  readonly root: number;
  /** Positions by node id; null if id = position − start. */
  readonly positions: ReadonlyMap<number, number> | null;
}

/** Returns the position of a node id, or −1 if the tree has no such node. */
export function positionIn(run: TreeSpan, id: number): number {
  if (run.positions !== null) return run.positions.get(id) ?? -1;
  return id >= 0 && id < run.end - run.start ? run.start + id : -1;
}

/** Weights of leaves. `single`: one value per leaf, by node. `lists`: weights grouped by leaf. */
export type LeafWeights =
  | { readonly kind: "single"; readonly values: Float32Array; readonly isGiven: Uint8Array }
  | {
      readonly kind: "lists";
      /** Position of each leaf's first weight. It has one entry more than nodes: the next start is the end. */
      readonly starts: Int32Array;
      /** One entry per weight. */
      readonly targets: Int32Array;
      readonly values: Float32Array;
    };

/** Nodes by position, one entry per node. */
export interface ForestSource {
  readonly trees: readonly TreeSpan[];
  readonly modes: Uint8Array;
  readonly features: Ints;
  readonly thresholds: Float32Array;
  /** Null if missing values are not tracked. */
  readonly missingTrue: Ints | null;
  /** Ids of children within their tree. Unused at leaves. */
  readonly trueIds: Ints;
  readonly falseIds: Ints;
  readonly leaves: LeafWeights;
}

const single = new Float32Array(1);
const bits = new Int32Array(single.buffer);

/** Returns the largest float32 below `value`; NaN for −∞, because no value is ≤ NaN. */
function floatBefore(value: number): number {
  if (value === 0) return -1.401298464324817e-45;
  if (value === Number.NEGATIVE_INFINITY) return Number.NaN;
  single[0] = value;
  bits[0] = (bits[0] ?? 0) + (value > 0 ? -1 : 1);
  return single[0] ?? 0;
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * values.length);
  grown.set(values);
  return grown;
}

class Layout {
  /**
   * The OTHER word of a split is the position of its false child: in the source until the child is placed, afterwards
   * in this layout.
   */
  readonly words: Int32Array;
  readonly limits: Float32Array;
  readonly #node: OperatorNode;
  readonly #source: ForestSource;
  readonly #placed: Uint8Array;
  /** Splits whose false child is not placed yet, innermost last. */
  #waiting = new Int32Array(64);
  #next = 0;
  columns = 0;

  constructor(node: OperatorNode, source: ForestSource) {
    const count = source.modes.length;
    this.#node = node;
    this.#source = source;
    this.words = new Int32Array(NODE_WORDS * count);
    this.limits = new Float32Array(this.words.buffer);
    this.#placed = new Uint8Array(count);
  }

  /** Places a tree and returns the position of its root. O(nodes of the tree). */
  placeTree(tree: TreeSpan): number {
    const { modes } = this.#source;
    const placed = this.#placed;
    const start = this.#next;
    let height = 0;
    let from = tree.root;
    while (true) {
      // Every node is placed at most once, so the loop ends for any ids.
      if (from < 0 || placed[from] === 1) this.#refuseNode(from);
      placed[from] = 1;
      const at = this.#next;
      this.#next += NODE_WORDS;
      const mode = modes[from] ?? MODE.leaf;
      if (mode !== MODE.leaf) {
        if (height === this.#waiting.length) this.#waiting = doubled(this.#waiting);
        this.#waiting[height++] = at;
        from = this.#placeSplit(from, at, tree);
        continue;
      }
      this.#placeLeaf(from, at);
      if (height === 0) return start;
      const parent = this.#waiting[--height] ?? 0;
      from = this.words[parent + OTHER] ?? -1;
      this.words[parent + OTHER] = this.#next;
    }
  }

  #refuseNode(node: number): never {
    if (node < 0) return this.#node.malformed("a child that is not in its tree", "a node of the same tree");
    return this.#node.malformed(`node ${node} reached twice`, "trees, in which every node has one parent");
  }

  /** Places a split and returns the child that is placed next. */
  #placeSplit(from: number, at: number, tree: TreeSpan): number {
    const { modes, features, thresholds, missingTrue, trueIds, falseIds } = this.#source;
    const mode = modes[from];
    const feature = features[from] ?? 0;
    const threshold = thresholds[from] ?? 0;
    if (feature < 0 || feature >= 2 ** 29) this.#node.malformed(`column ${feature} in node ${from}`, "a column");
    if (Number.isNaN(threshold)) this.#node.unsupported(`threshold NaN in node ${from}`, "a number");
    const missing = missingTrue !== null && missingTrue[from] === 1;
    const swapped = mode === MODE.gte || mode === MODE.gt || mode === MODE.neq;
    const equal = mode === MODE.eq || mode === MODE.neq;
    const missingTrueHere = (mode === MODE.neq || missing) !== swapped;
    if (feature >= this.columns) this.columns = feature + 1;
    this.words[at] = (feature << CODE_BITS) | (missingTrueHere ? MISSING_TRUE : 0) | (equal ? EQUAL : 0);
    this.limits[at + LIMIT] = mode === MODE.lt || mode === MODE.gte ? floatBefore(threshold) : threshold;
    const whenTrue = positionIn(tree, trueIds[from] ?? -1);
    const whenFalse = positionIn(tree, falseIds[from] ?? -1);
    this.words[at + OTHER] = swapped ? whenTrue : whenFalse;
    return swapped ? whenFalse : whenTrue;
  }

  #placeLeaf(from: number, at: number): void {
    const { leaves } = this.#source;
    if (leaves.kind === "single") {
      if (leaves.isGiven[from] !== 1) this.#node.malformed(`leaf ${from} without a weight`, "one");
      this.words[at] = -2;
      this.limits[at + LIMIT] = leaves.values[from] ?? 0;
      return;
    }
    const start = leaves.starts[from] ?? 0;
    const count = (leaves.starts[from + 1] ?? 0) - start;
    if (count < 1) this.#node.malformed(`leaf ${from} without a weight`, "at least one");
    this.words[at] = -1 - count;
    this.limits[at + LIMIT] = leaves.values[start] ?? 0;
    this.words[at + OTHER] = start;
  }
}

/**
 * Lays out a forest. If missing values are not tracked, a missing value makes every comparison except ≠ false; for splits
 * with swapped children the bit is inverted. Refuses nodes with two parents, missing children and leaves without weights.
 */
export function layOut(node: OperatorNode, source: ForestSource): PackedForest {
  const layout = new Layout(node, source);
  const roots = Int32Array.from(source.trees, (tree) => layout.placeTree(tree));
  const { words, limits, columns } = layout;
  const { leaves } = source;
  const isSingle = leaves.kind === "single";
  return {
    roots,
    words,
    limits,
    weights: isSingle ? new Float32Array(0) : leaves.values,
    weightTargets: isSingle ? new Int32Array(0) : leaves.targets,
    columns,
  };
}
