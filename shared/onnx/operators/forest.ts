/**
 * A tree ensemble as one flat array with 12 bytes per node, and its evaluation.
 *
 * Nodes are stored in preorder and the words of a node are adjacent. The true child is always the next node, so half of the
 * steps load no position, and most stay in the cache. Every comparison is rewritten to "≤" or "=": v < t becomes v ≤ the
 * float32 before t; v ≥ t, v > t and v ≠ t become the inverse comparisons with swapped children.
 */

/** Low bits of a split's code: the branch of a missing value, and the comparison. */
export const MISSING_TRUE = 1;
export const EQUAL = 2;
export const CODE_BITS = 2;

/** Words of a node: its code, its limit, its other. */
export const NODE_WORDS = 3;
export const LIMIT = 1;
export const OTHER = 2;

/** A node is identified by the position of its first word. */
export interface PackedForest {
  /** The first node of each tree. */
  readonly roots: Int32Array;
  /**
   * NODE_WORDS per node. Code: column × 4 + bits for a split, −1 − (number of weights) for a leaf. Other: the false child
   * of a split, the position of the first weight of a leaf.
   */
  readonly words: Int32Array;
  /** A view of the same bytes. Limit: the threshold of a split, or the value of a leaf's first weight. */
  readonly limits: Float32Array;
  /** Weights of leaves, adjacent per leaf. Empty if every leaf has one weight, for target 0. */
  readonly weightTargets: Int32Array;
  readonly weights: Float32Array;
  /** Number of columns that the splits need: the largest column + 1. */
  readonly columns: number;
}

/** Returns the leaf of the row that starts at `base` of `values`. O(depth). */
export function leafAt(
  forest: PackedForest,
  root: number,
  row: { readonly values: Float32Array; readonly base: number },
): number {
  const { words, limits } = forest;
  const { values, base } = row;
  let node = root;
  let bits = words[node] ?? -1;
  while (bits >= 0) {
    const value = values[base + (bits >> CODE_BITS)] ?? Number.NaN;
    const against = limits[node + LIMIT] ?? 0;
    let isTrue: boolean;
    if (Number.isNaN(value)) isTrue = (bits & MISSING_TRUE) !== 0;
    else isTrue = (bits & EQUAL) === 0 ? value <= against : value === against;
    node = isTrue ? node + NODE_WORDS : (words[node + OTHER] ?? 0);
    bits = words[node] ?? -1;
  }
  return node;
}

/** Rows evaluated on one tree before the next tree, so that their values stay in the first-level cache. */
const BLOCK_ROWS = 64;

/**
 * Adds every tree's value to `sums`, one per row, in tree order and float32. For ensembles with one weight per leaf.
 * O(rows × trees × depth).
 */
export function addForest(
  forest: PackedForest,
  features: { readonly values: Float32Array; readonly columns: number },
  sums: Float32Array,
): void {
  const { roots, words, limits } = forest;
  const { values, columns } = features;
  for (let start = 0; start < sums.length; start += BLOCK_ROWS) {
    const end = Math.min(sums.length, start + BLOCK_ROWS);
    for (let tree = 0; tree < roots.length; tree++) {
      const root = roots[tree] ?? 0;
      for (let row = start; row < end; row++) {
        const base = row * columns;
        let node = root;
        let bits = words[node] ?? -1;
        // The same loop as in leafAt. Calling it for every row and tree takes a third more time.
        while (bits >= 0) {
          const value = values[base + (bits >> CODE_BITS)] ?? Number.NaN;
          const against = limits[node + LIMIT] ?? 0;
          let isTrue: boolean;
          if (Number.isNaN(value)) isTrue = (bits & MISSING_TRUE) !== 0;
          else isTrue = (bits & EQUAL) === 0 ? value <= against : value === against;
          node = isTrue ? node + NODE_WORDS : (words[node + OTHER] ?? 0);
          bits = words[node] ?? -1;
        }
        sums[row] = (sums[row] ?? 0) + (limits[node + LIMIT] ?? 0);
      }
    }
  }
}
