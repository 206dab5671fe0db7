/**
 * Regression trees as flat arrays, and sums of trees.
 *
 * Thresholds, values and sums are float32, and sums are in tree order, as in the exported ONNX graph. The predictions are
 * therefore equal to onnxruntime's, bit for bit. (With several threads and many rows onnxruntime adds in another order.)
 * `shared/onnx/ensemble-attributes.ts` exports the trees; a test compares the predictions.
 */
import { type Matrix, stridesOf } from "./matrix.ts";

export const LEAF = -1;
/** The threshold of a split that only separates missing from present values: the largest finite float32. */
export const THRESHOLD_MAX = 3.4028234663852886e38;
/** The smallest float32 that no runtime rounds to 0. */
export const SMALLEST_NORMAL = 2 ** -126;

/** Node 0 is the root. Children come after their parent. All arrays have one entry per node. */
export interface Tree {
  /** The column that the node compares, or `LEAF`. */
  readonly feature: Int32Array;
  /** x ≤ threshold goes left, x > threshold goes right; x is a float32. */
  readonly threshold: Float32Array;
  /** 1 if a missing value goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** The prediction of a leaf; 0 for a split. */
  readonly value: Float32Array;
  /** Sum of the weights (hessians) of the training rows in this node. A split has the sum of its children. */
  readonly weight: Float64Array;
}

/** `sum`: base + Σ trees. `average`: base + (Σ trees) ÷ (number of trees). */
export interface Ensemble {
  readonly trees: readonly Tree[];
  /** A float32. */
  readonly base: number;
  readonly aggregate: "sum" | "average";
  readonly columns: number;
}

/** Returns the leaf of one row. The row starts at `offset` of `values`, with `stride` between its columns. O(depth). */
export function leafOf(
  tree: Tree,
  values: Float32Array,
  at: { readonly offset: number; readonly stride: number },
): number {
  const { feature, threshold, missingLeft, left, right } = tree;
  let node = 0;
  let column = feature[0] ?? LEAF;
  while (column >= 0) {
    const value = values[at.offset + column * at.stride] ?? Number.NaN;
    const goesLeft = Number.isNaN(value) ? missingLeft[node] === 1 : value <= (threshold[node] ?? 0);
    node = (goesLeft ? left[node] : right[node]) ?? 0;
    column = feature[node] ?? LEAF;
  }
  return node;
}

/**
 * Adds the predictions of one tree to `sums` (one per row), in the precision of `sums`. O(rows × depth).
 */
export function addTree(tree: Tree, features: Matrix, sums: Float32Array | Float64Array): void {
  const { row: rowStride, column: stride } = stridesOf(features);
  const at = { offset: 0, stride };
  for (let row = 0; row < features.rows; row++) {
    at.offset = row * rowStride;
    sums[row] = (sums[row] ?? 0) + (tree.value[leafOf(tree, features.values, at)] ?? 0);
  }
}

/**
 * Returns one float32 prediction per row. O(rows × trees × depth).
 * @throws RangeError if the number of columns differs from the ensemble's.
 */
export function predictEnsemble(ensemble: Ensemble, features: Matrix): Float32Array {
  if (features.columns !== ensemble.columns) {
    throw new RangeError(`the matrix has ${features.columns} columns: expected ${ensemble.columns}, as in training`);
  }
  const sums = new Float32Array(features.rows);
  for (const tree of ensemble.trees) addTree(tree, features, sums);
  const count = ensemble.aggregate === "average" ? Math.max(ensemble.trees.length, 1) : 1;
  for (let row = 0; row < sums.length; row++) {
    sums[row] = Math.fround((sums[row] ?? 0) / count) + ensemble.base;
  }
  return sums;
}
