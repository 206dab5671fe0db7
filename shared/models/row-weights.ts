import { type Matrix, stridesOf } from "./matrix.ts";
import { type Ensemble, LEAF, leafOf, type Tree } from "./tree.ts";

/**
 * Returns the ensemble with the number of rows in each node as its training weight, for trees of a library that does not state the
 * weights. O(trees × rows × depth).
 */
export function withRowWeights(ensemble: Ensemble, features: Matrix): Ensemble {
  return { ...ensemble, trees: ensemble.trees.map((tree) => ({ ...tree, weight: rowWeights(tree, features) })) };
}

function rowWeights(tree: Tree, features: Matrix): Float64Array {
  const { feature, left, right } = tree;
  const weight = new Float64Array(feature.length);
  const { row: rowStride, column: stride } = stridesOf(features);
  for (let row = 0; row < features.rows; row++) {
    const leaf = leafOf(tree, features.values, { offset: row * rowStride, stride });
    weight[leaf] = (weight[leaf] ?? 0) + 1;
  }
  // Children come after their parent.
  for (let node = feature.length - 1; node >= 0; node--)
    if (feature[node] !== LEAF) weight[node] = (weight[left[node] ?? 0] ?? 0) + (weight[right[node] ?? 0] ?? 0);
  return weight;
}
