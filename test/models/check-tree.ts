/** Checks of grown and converted trees. */
import { LEAF, type Tree } from "../../shared/models/tree.ts";

/** Returns the number of splits above the deepest leaf; 0 for a single leaf. O(nodes). */
export function depthOf(tree: Tree): number {
  const depth = new Int32Array(tree.feature.length);
  let deepest = 0;
  for (let node = 0; node < depth.length; node++) {
    if ((tree.feature[node] ?? LEAF) < 0) continue;
    const below = (depth[node] ?? 0) + 1;
    depth[tree.left[node] ?? 0] = below;
    depth[tree.right[node] ?? 0] = below;
    deepest = Math.max(deepest, below);
  }
  return deepest;
}

function checkSplit(tree: Tree, node: number, columns: number): string | null {
  const feature = tree.feature[node] ?? LEAF;
  const left = tree.left[node] ?? LEAF;
  const right = tree.right[node] ?? LEAF;
  const last = tree.feature.length - 1;
  if (feature >= columns) return `node ${node} compares column ${feature}: expected less than ${columns}`;
  if (!Number.isFinite(tree.threshold[node])) {
    return `node ${node} has threshold ${tree.threshold[node]}: expected a finite number`;
  }
  if (left <= node || right <= node || left > last || right > last || left === right) {
    return `node ${node} has children ${left} and ${right}: expected two different nodes in ${node + 1}…${last}`;
  }
  return null;
}

/** Validates the structure of a tree: every row must reach exactly one leaf. Returns the first problem, or null. O(nodes). */
export function checkTree(tree: Tree, columns: number): string | null {
  const nodes = tree.feature.length;
  const lengths = [tree.threshold, tree.missingLeft, tree.left, tree.right, tree.value, tree.weight].map(
    (a) => a.length,
  );
  if (nodes < 1 || lengths.some((length) => length !== nodes)) {
    return `the arrays have ${[nodes, ...lengths].join(", ")} entries: expected equal lengths of at least 1`;
  }
  const parents = new Int32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    if (!Number.isFinite(tree.value[node]))
      return `node ${node} has value ${tree.value[node]}: expected a finite number`;
    if ((tree.feature[node] ?? LEAF) < 0) continue;
    const wrong = checkSplit(tree, node, columns);
    if (wrong !== null) return wrong;
    for (const child of [tree.left[node] ?? 0, tree.right[node] ?? 0]) parents[child] = (parents[child] ?? 0) + 1;
  }
  const orphan = parents.findIndex((count, node) => count !== (node === 0 ? 0 : 1));
  return orphan < 0 ? null : `node ${orphan} has ${parents[orphan]} parents: expected ${orphan === 0 ? 0 : 1}`;
}
