/** Grows one regression tree on binned features from gradients and hessians, with the best split first (leaf-wise). */
import { popNode, pushNode } from "./node-heap.ts";
import {
  type Grower,
  type GrowingNode,
  type GrownLeaf,
  type Growth,
  searchChildren,
  searchRoot,
} from "./node-search.ts";
import { partition } from "./route.ts";
import { MISSING_ONLY_BIN, type Split } from "./split.ts";
import { LEAF, THRESHOLD_MAX, type Tree } from "./tree.ts";

export { createGrower, type Grower, type GrownLeaf, type Growth, type GrowthOptions } from "./node-search.ts";

export interface Grown {
  readonly tree: Tree;
  readonly leaves: readonly GrownLeaf[];
  /** The split of each node; null for a leaf. */
  readonly splits: readonly (Split | null)[];
}

function rootOf(growth: Growth): GrowingNode {
  const { rows, gradients, hessians } = growth;
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    gradient += gradients[row] ?? 0;
    hessian += hessians === null ? 1 : (hessians[row] ?? 0);
  }
  return { node: 0, start: 0, end: rows.length, gradient, hessian, depth: 0, split: null, histogram: null };
}

interface Draft {
  readonly nodes: GrowingNode[];
  /** The left child of every node, or `LEAF`. The right child is the next node. */
  readonly left: number[];
}

function splitNode(grower: Grower, growth: Growth, split: { draft: Draft; parent: GrowingNode & { split: Split } }) {
  const { draft, parent } = split;
  const { leftGradient, leftHessian } = parent.split;
  const routed = { binned: grower.binned, rows: growth.rows, buffer: grower.rowBuffer };
  const middle = partition(routed, parent, parent.split);
  const depth = parent.depth + 1;
  const made = draft.nodes.length;
  const unsearched = { depth, split: null, histogram: null };
  const left: GrowingNode = {
    node: made,
    start: parent.start,
    end: middle,
    gradient: leftGradient,
    hessian: leftHessian,
    ...unsearched,
  };
  const right: GrowingNode = {
    node: made + 1,
    start: middle,
    end: parent.end,
    gradient: parent.gradient - leftGradient,
    hessian: parent.hessian - leftHessian,
    ...unsearched,
  };
  draft.left[parent.node] = made;
  draft.nodes.push(left, right);
  draft.left.push(LEAF, LEAF);
  return { parent, left, right };
}

function thresholdOf(split: Split, grower: Grower): number {
  if (split.bin === MISSING_ONLY_BIN) return THRESHOLD_MAX;
  return grower.binned.binning.thresholds[split.feature]?.[split.bin] ?? THRESHOLD_MAX;
}

function finish(grower: Grower, growth: Growth, draft: Draft): Grown {
  const count = draft.nodes.length;
  const tree = {
    feature: new Int32Array(count).fill(LEAF),
    threshold: new Float32Array(count),
    missingLeft: new Uint8Array(count),
    left: new Int32Array(count).fill(LEAF),
    right: new Int32Array(count).fill(LEAF),
    value: new Float32Array(count),
    weight: new Float64Array(count),
  };
  const leaves: GrownLeaf[] = [];
  const splits: (Split | null)[] = [];
  for (const node of draft.nodes) {
    const at = node.node;
    const left = draft.left[at] ?? LEAF;
    tree.weight[at] = node.hessian;
    if (left === LEAF || node.split === null) {
      tree.value[at] = growth.leafValue(node);
      leaves.push(node);
      splits.push(null);
      continue;
    }
    splits.push(node.split);
    tree.feature[at] = node.split.feature;
    tree.threshold[at] = thresholdOf(node.split, grower);
    tree.missingLeft[at] = node.split.missingLeft ? 1 : 0;
    tree.left[at] = left;
    tree.right[at] = left + 1;
  }
  return { tree, leaves, splits };
}

/**
 * Grows one tree. Without a useful split the tree is a single leaf.
 * Time about O(rows × columns × log leaves). Memory O(leaves × columns × 256) for histograms, which the next tree reuses.
 */
export function growTree(grower: Grower, growth: Growth): Grown {
  const root = rootOf(growth);
  const draft: Draft = { nodes: [root], left: [LEAF] };
  const heap: GrowingNode[] = [];
  searchRoot(grower, growth, root);
  if (root.split !== null) pushNode(heap, root);
  let leaves = 1;
  while (leaves < grower.options.leavesMax) {
    const parent = popNode(heap);
    if (parent === undefined || parent.split === null) break;
    const family = splitNode(grower, growth, { draft, parent: { ...parent, split: parent.split } });
    leaves++;
    if (leaves === grower.options.leavesMax) break;
    searchChildren(grower, growth, { parent, left: family.left, right: family.right });
    for (const child of [family.left, family.right]) if (child.split !== null) pushNode(heap, child);
  }
  for (const node of draft.nodes) {
    if (node.histogram !== null) grower.pool.push(node.histogram);
    node.histogram = null;
  }
  return finish(grower, growth, draft);
}
