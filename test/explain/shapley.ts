/** Shapley values by their definition, for comparison with those of one pass over a tree. */
import { LEAF, type Tree } from "../../shared/models/tree.ts";

/** Returns the expected prediction if only some columns are known: it follows both branches of the other columns, by weight. */
function known(tree: Tree, row: ArrayLike<number>, columnsKnown: ReadonlySet<number>, node = 0): number {
  const column = tree.feature[node] ?? LEAF;
  if (column < 0) return tree.value[node] ?? 0;
  const [left, right] = [tree.left[node] ?? 0, tree.right[node] ?? 0];
  if (columnsKnown.has(column)) {
    const x = row[column] ?? Number.NaN;
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? 0);
    return known(tree, row, columnsKnown, goesLeft ? left : right);
  }
  const each = [left, right].map((child) => (tree.weight[child] ?? 0) * known(tree, row, columnsKnown, child));
  return ((each[0] ?? 0) + (each[1] ?? 0)) / (tree.weight[node] ?? 1);
}

function ordersOf(columns: readonly number[]): number[][] {
  if (columns.length === 0) return [[]];
  return columns.flatMap((first) =>
    ordersOf(columns.filter((column) => column !== first)).map((rest) => [first, ...rest]),
  );
}

/** Returns the contribution of each column of a row: its mean effect over all orders in which the columns become known. */
export function shapleyByDefinition(tree: Tree, row: ArrayLike<number>): number[] {
  const orders = ordersOf(Array.from({ length: row.length }, (_, column) => column));
  const sums = new Array<number>(row.length).fill(0);
  for (const order of orders) {
    const columnsKnown = new Set<number>();
    for (const column of order) {
      const before = known(tree, row, columnsKnown);
      columnsKnown.add(column);
      sums[column] = (sums[column] ?? 0) + known(tree, row, columnsKnown) - before;
    }
  }
  return sums.map((sum) => sum / orders.length);
}
