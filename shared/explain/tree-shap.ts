/**
 * Computes exact path-dependent Shapley values of one tree's prediction: an unknown feature follows both branches, weighted
 * by their shares of the training weight.
 *
 * @see Lundberg, Erion and Lee (2018), https://arxiv.org/abs/1802.03888, algorithm 2
 */
import { LEAF, type Tree } from "../models/tree.ts";

/** The columns on the path from the root to a node, with the shares of subsets that reach the node, by subset size. */
interface Path {
  /** Columns. The first entry is a placeholder for no column. */
  readonly column: number[];
  /** Share that follows this path if the column is unknown. */
  readonly zero: number[];
  /** 1 if the row follows this path, otherwise 0. */
  readonly one: number[];
  readonly share: number[];
}

interface Visit {
  readonly node: number;
  readonly zero: number;
  readonly one: number;
  readonly column: number;
}

/**
 * Adds the contribution of each column to `contributions`. Their sum is the tree's prediction minus `expectedOf(tree)`.
 * `row`: one float32 per column, NaN for missing. O(leaves × depth²).
 */
export function addTreeShap(tree: Tree, row: ArrayLike<number>, contributions: Float64Array): void {
  const emptyPath: Path = { column: [], zero: [], one: [], share: [] };
  visit(tree, row, contributions)(emptyPath, { node: 0, zero: 1, one: 1, column: LEAF });
}

/** Returns the expected prediction if no column is known: the mean of the leaves by training weight. O(nodes). */
export function expectedOf({ feature, value, weight }: Tree): number {
  let sum = 0;
  let total = 0;
  for (let node = 0; node < feature.length; node++) {
    if ((feature[node] ?? LEAF) >= 0) continue;
    sum += (value[node] ?? 0) * (weight[node] ?? 0);
    total += weight[node] ?? 0;
  }
  return total > 0 ? sum / total : (value[0] ?? 0);
}

function visit(tree: Tree, row: ArrayLike<number>, contributions: Float64Array): (from: Path, step: Visit) => void {
  const { feature, threshold, missingLeft, left, right, value, weight } = tree;
  const walk = (from: Path, { node, zero, one, column }: Visit): void => {
    const path = extended(from, { zero, one, column });
    const split = feature[node] ?? LEAF;
    if (split < 0) {
      for (let at = 1; at < path.column.length; at++) {
        const total = sumWithout(path, at);
        const by = total * ((path.one[at] ?? 0) - (path.zero[at] ?? 0)) * (value[node] ?? 0);
        const to = path.column[at] ?? 0;
        contributions[to] = (contributions[to] ?? 0) + by;
      }
      return;
    }
    const x = row[split] ?? Number.NaN;
    const goesLeft = Number.isNaN(x) ? missingLeft[node] === 1 : x <= (threshold[node] ?? 0);
    const hot = (goesLeft ? left[node] : right[node]) ?? 0;
    const cold = (goesLeft ? right[node] : left[node]) ?? 0;
    // A column that occurs again on the path counts once: its earlier entry is removed and multiplied into the new one.
    const before = path.column.indexOf(split, 1);
    const [zeroBefore, oneBefore] = before < 0 ? [1, 1] : [path.zero[before] ?? 1, path.one[before] ?? 1];
    const rest = before < 0 ? path : unwound(path, before);
    const passed = weight[node] ?? 0;
    const shareOf = (child: number) => (passed > 0 ? (weight[child] ?? 0) / passed : 0.5);
    walk(rest, { node: hot, zero: zeroBefore * shareOf(hot), one: oneBefore, column: split });
    walk(rest, { node: cold, zero: zeroBefore * shareOf(cold), one: 0, column: split });
  };
  return walk;
}

function extended({ column, zero, one, share }: Path, step: Omit<Visit, "node">): Path {
  const length = column.length;
  const next = [...share, length === 0 ? 1 : 0];
  for (let at = length - 1; at >= 0; at--) {
    const was = next[at] ?? 0;
    next[at + 1] = (next[at + 1] ?? 0) + (step.one * was * (at + 1)) / (length + 1);
    next[at] = (step.zero * was * (length - at)) / (length + 1);
  }
  return { column: [...column, step.column], zero: [...zero, step.zero], one: [...one, step.one], share: next };
}

/** Returns the path without one entry. */
function unwound(path: Path, entry: number): Path {
  const without = <T>(list: readonly T[]) => list.filter((_, at) => at !== entry);
  return {
    column: without(path.column),
    zero: without(path.zero),
    one: without(path.one),
    share: sharesWithout(path, entry),
  };
}

function sharesWithout({ zero, one, share }: Path, entry: number): number[] {
  const depth = share.length - 1;
  const [zeroOf, oneOf] = [zero[entry] ?? 0, one[entry] ?? 0];
  const shares = share.slice(0, depth);
  let next = share[depth] ?? 0;
  for (let at = depth - 1; at >= 0; at--) {
    if (oneOf !== 0) {
      const was = shares[at] ?? 0;
      const found = (next * (depth + 1)) / ((at + 1) * oneOf);
      shares[at] = found;
      next = was - (found * zeroOf * (depth - at)) / (depth + 1);
    } else {
      shares[at] = zeroOf === 0 ? 0 : ((shares[at] ?? 0) * (depth + 1)) / (zeroOf * (depth - at));
    }
  }
  return shares;
}

function sumWithout(path: Path, entry: number): number {
  let sum = 0;
  for (const share of sharesWithout(path, entry)) sum += share;
  return sum;
}
