/**
 * A tree ensemble as one flat array, 12 bytes a node, and the walk through it.
 *
 * Nodes lie in the order in which a walk meets them, and all of a node lies together: the true child is always the next node, so
 * that half of the steps need no load and most stay in the cache. Every comparison is rewritten to "≤" or "=": v < t is v ≤ the
 * float32 before t, and v ≥ t, v > t and v ≠ t are the others with their children swapped.
 */

/** Low bits of a split's code: what a missing value does, and which comparison. */
export const MISSING_TRUE = 1;
export const EQUAL = 2;
export const CODE_BITS = 2;

/** Words of a node: its code, its limit, its other. */
export const NODE_WORDS = 3;
export const LIMIT = 1;
export const OTHER = 2;

/** A node is named by the place of its first word. */
export interface Forest {
  /** The first node of each tree. */
  readonly roots: Int32Array;
  /**
   * NODE_WORDS a node. Code: of a split, column × 4 + bits; of a leaf, −1 − (number of weights). Other: of a split, its false
   * child; of a leaf, the position of its first weight.
   */
  readonly words: Int32Array;
  /** The same bytes. Limit: what a split compares with; the value of a leaf's first weight. */
  readonly limits: Float32Array;
  /** Leaves' weights, neighbours a leaf; empty where every leaf has one weight, for target 0. */
  readonly weightTargets: Int32Array;
  readonly weights: Float32Array;
  /** Columns that the splits need: the largest column + 1. */
  readonly columns: number;
}

/** The leaf in which the row that starts at `base` of `values` ends. O(depth). */
export function leafAt(
  forest: Forest,
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

/** Rows evaluated on one tree before the next tree: their values stay in the first-level cache. */
const BLOCK_ROWS = 64;

/**
 * Adds every tree's value to `sums`, one a row, in tree order and float32. For ensembles with one weight a leaf.
 * O(rows × trees × depth).
 */
export function addForest(
  forest: Forest,
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
        // As in leafAt; a call for every row and tree would cost a third more.
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
