import { LEAF, type Tree } from "../models/tree.ts";

/**
 * Returns the number of elementary steps that `addTreeShap` takes for one row: at every node it extends the path by one entry,
 * and at every leaf it removes each entry once. A column that occurs again on the path counts once. Infinite for a tree that is
 * not one. O(nodes).
 */
export function explainingOperations({ feature, left, right }: Pick<Tree, "feature" | "left" | "right">): number {
  /** Times that each column occurs on the current path. */
  const occurrences = new Map<number, number>();
  let operations = 0;
  let visits = 0;
  const pending: { readonly node: number; readonly isExit: boolean }[] = [{ node: 0, isExit: false }];
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    const column = feature[step.node] ?? LEAF;
    const times = occurrences.get(column) ?? 0;
    if (step.isExit) {
      if (times === 1) occurrences.delete(column);
      else occurrences.set(column, times - 1);
      continue;
    }
    if (++visits > feature.length) return Number.POSITIVE_INFINITY;
    const length = occurrences.size + 1;
    operations += length;
    if (column < 0) {
      operations += length * length;
      continue;
    }
    occurrences.set(column, times + 1);
    pending.push({ node: step.node, isExit: true });
    pending.push({ node: left[step.node] ?? 0, isExit: false }, { node: right[step.node] ?? 0, isExit: false });
  }
  return operations;
}
