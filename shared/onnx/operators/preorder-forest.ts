/**
 * Lays out forests that are stored in preorder, with each split's true child next, as `ensembleAttributes` and the
 * scikit-learn converter write them. It is one loop in file order, because a cold isolate runs each loop slowly before its
 * first answer.
 */
import { CODE_BITS, LIMIT, MISSING_TRUE, NODE_WORDS, OTHER, type PackedForest } from "./forest.ts";
import type { OperatorNode } from "./operator.ts";

const LISTS = [
  "nodes_treeids",
  "nodes_nodeids",
  "nodes_featureids",
  "nodes_truenodeids",
  "nodes_falsenodeids",
  "target_treeids",
  "target_nodeids",
  "target_ids",
] as const;

/** True if some integers exceed 32 bits. Only a list that was read as float64 can contain such integers. */
function isWide(values: ArrayLike<number>): boolean {
  return values instanceof Float64Array && values.some((value) => value !== (value | 0));
}

/**
 * Lays out a plain sum with only "≤" and one weight per leaf, in the order of the leaves. Returns null for any other or any
 * invalid forest: the general layout handles or refuses it. O(nodes).
 */
export function preorderForest(node: OperatorNode): PackedForest | null {
  const { texts, codes } = node.coded("nodes_modes") ?? { texts: [], codes: new Uint8Array(0) };
  const count = codes.length;
  if (count === 0 || count > node.limits.treeNodesMax) return null;
  const lists = LISTS.map((name) => node.ints(name));
  const [
    treeIds = [],
    nodeIds = [],
    columnOf = [],
    trueIds = [],
    falseIds = [],
    leafTrees = [],
    leafIds = [],
    targets = [],
  ] = lists;
  const [leaf, split] = [texts.indexOf("LEAF"), texts.indexOf("BRANCH_LEQ")];
  const thresholds = node.floats("nodes_values");
  const weights = node.floats("target_weights");
  const missing = node.ints("nodes_missing_value_tracks_true");
  const tracks = missing.length > 0;
  const perNode = [treeIds, nodeIds, columnOf, trueIds, falseIds, thresholds, tracks ? missing : codes];
  const perLeaf = [leafTrees, leafIds, targets];
  const isEven =
    perNode.every(({ length }) => length === count) && perLeaf.every(({ length }) => length === weights.length);
  if (!isEven || [...lists, missing].some(isWide)) return null;

  const words = new Int32Array(NODE_WORDS * count);
  const limits = new Float32Array(words.buffer);
  const roots: number[] = [];
  /** False children that are not placed yet, innermost last. */
  const waiting: number[] = [];
  const trees = new Set<number>();
  let tree = treeIds[0] ?? 0;
  let start = 0;
  let leaves = 0;
  let columns = 0;
  for (let place = 0; place < count; place++) {
    const id = place - start;
    if (treeIds[place] !== tree || nodeIds[place] !== id) return null;
    const at = NODE_WORDS * place;
    if (codes[place] === split) {
      const column = columnOf[place] ?? -1;
      const threshold = thresholds[place] ?? Number.NaN;
      const isColumn = column >= 0 && column < 2 ** 29;
      if (trueIds[place] !== id + 1 || !isColumn || Number.isNaN(threshold)) return null;
      if (column >= columns) columns = column + 1;
      words[at] = (column << CODE_BITS) | (tracks && missing[place] === 1 ? MISSING_TRUE : 0);
      limits[at + LIMIT] = threshold;
      const other = falseIds[place] ?? -1;
      words[at + OTHER] = NODE_WORDS * (start + other);
      waiting.push(other);
      continue;
    }
    if (codes[place] !== leaf || leafTrees[leaves] !== tree || leafIds[leaves] !== id || targets[leaves] !== 0)
      return null;
    words[at] = -2;
    limits[at + LIMIT] = weights[leaves++] ?? 0;
    const next = waiting.pop();
    if (next === id + 1) continue;
    if (next !== undefined || trees.has(tree)) return null;
    trees.add(tree);
    roots.push(NODE_WORDS * start);
    start = place + 1;
    tree = treeIds[start] ?? 0;
  }
  // Fails if a split still has no false child, or if a weight belongs to no leaf.
  if (start !== count || leaves !== weights.length) return null;
  return {
    roots: Int32Array.from(roots),
    words,
    limits,
    weights: new Float32Array(0),
    weightTargets: new Int32Array(0),
    columns,
  };
}
