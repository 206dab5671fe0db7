/**
 * Past changes of groups of series: what a series with few changes borrows. A group has the same values of some text features.
 * A group with few changes borrows from all series; an unknown group has those of all series.
 */
import type { Column, Dataset, RowRange } from "../features/dataset.ts";
import { hasMoved } from "../features/panel.ts";

export interface ChangeGroups {
  readonly dimensions: readonly { readonly name: string; readonly categories: readonly string[] }[];
  /** Number of sizes of each group, for each direction. */
  readonly sizes: number;
  /**
   * Sizes in the target's unit, ascending for each group; falls are negative. One block of `sizes` numbers per combination of
   * categories, the last dimension varies first. The category after the known ones is any other text.
   */
  readonly falls: Float32Array;
  readonly rises: Float32Array;
  /** One per combination of categories. The three shares of a combination have sum 1. */
  readonly shares: { readonly down: Float32Array; readonly same: Float32Array; readonly up: Float32Array };
}

export interface GroupOptions {
  /** Names of the text features. */
  readonly names: readonly string[];
  /** Number of last periods whose changes count. */
  readonly window: number;
  readonly tolerance: number;
}

/** Number of sizes of a group for each direction. More do not improve the CRPS on real prices. */
const GROUP_SIZES = 15;
/** Number of changes that a group borrows from all series. */
const BORROWED_FROM_ALL = 20;

/** Counts the changes of the last `window` periods of some rows. O(rows · log rows + combinations · changes). */
export function fitChangeGroups(data: Dataset, rows: RowRange, options: GroupOptions): ChangeGroups {
  const { names, window, tolerance } = options;
  const dimensions = names.map((name) => ({ name, categories: categoriesIn(textColumn(data, name), rows) }));
  const recent = lastPeriods(data, rows, window);
  const combinations = dimensions.reduce((product, { categories }) => product * (categories.length + 1), 1);
  const lists = Array.from({ length: combinations }, () => emptyChanges());
  const all = emptyChanges();
  const positions = groupPositions({ dimensions }, data, recent);
  for (let row = recent.from; row < recent.to; row++) {
    const change = (data.target[row] ?? 0) - (data.last[row] ?? 0);
    const direction = !hasMoved(change, tolerance) ? "same" : change < 0 ? "down" : "up";
    all[direction].push(change);
    lists[positions[row - recent.from] ?? 0]?.[direction].push(change);
  }
  const unit = 2 * tolerance;
  const shareOf = (direction: keyof Changes) =>
    Float32Array.from(lists, (own) => {
      const ofAll = (all[direction].length + 1) / (numberOf(all) + 3);
      return (own[direction].length + BORROWED_FROM_ALL * ofAll) / (numberOf(own) + BORROWED_FROM_ALL);
    });
  const down = shareOf("down");
  const up = shareOf("up");
  return {
    dimensions,
    sizes: GROUP_SIZES,
    falls: sizesOf(lists, all, { direction: "down", otherwise: -unit }),
    rises: sizesOf(lists, all, { direction: "up", otherwise: unit }),
    shares: { down, same: down.map((share, i) => 1 - share - (up[i] ?? 0)), up },
  };
}

interface Changes {
  readonly down: number[];
  readonly same: number[];
  readonly up: number[];
}

const emptyChanges = (): Changes => ({ down: [], same: [], up: [] });
const numberOf = ({ down, same, up }: Changes) => down.length + same.length + up.length;

interface SizeOptions {
  readonly direction: "down" | "up";
  /** The only size if no series ever changed in this direction. */
  readonly otherwise: number;
}

/** Returns equally probable sizes of each group: quantiles of its own changes and of `BORROWED_FROM_ALL` changes of all series. */
function sizesOf(lists: readonly Changes[], all: Changes, { direction, otherwise }: SizeOptions): Float32Array {
  const ofAll = all[direction].length === 0 ? [otherwise] : [...all[direction]].sort((a, b) => a - b);
  const sizes = new Float32Array(lists.length * GROUP_SIZES);
  lists.forEach((list, group) => {
    const weighted = [
      ...list[direction].map((size) => ({ size, weight: 1 })),
      ...ofAll.map((size) => ({ size, weight: BORROWED_FROM_ALL / ofAll.length })),
    ].sort((a, b) => a.size - b.size);
    const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
    let at = 0;
    let below = 0;
    for (let i = 0; i < GROUP_SIZES; i++) {
      const wanted = ((i + 0.5) / GROUP_SIZES) * total;
      while (at < weighted.length - 1 && below + (weighted[at]?.weight ?? 0) < wanted) {
        below += weighted[at]?.weight ?? 0;
        at++;
      }
      sizes[group * GROUP_SIZES + i] = weighted[at]?.size ?? otherwise;
    }
  });
  return sizes;
}

/** Returns the position of each row's combination of categories. O(rows · dimensions). */
export function groupPositions(
  { dimensions }: Pick<ChangeGroups, "dimensions">,
  data: Dataset,
  { from, to }: RowRange,
): Int32Array {
  const positions = new Int32Array(to - from);
  for (const { name, categories } of dimensions) {
    const column = textColumn(data, name);
    const known = new Map(categories.map((category, position) => [category, position]));
    const codes = column.categories.map((category) => known.get(category) ?? categories.length);
    for (let row = from; row < to; row++) {
      const before = positions[row - from] ?? 0;
      positions[row - from] = before * (categories.length + 1) + (codes[column.codes[row] ?? -1] ?? categories.length);
    }
  }
  return positions;
}

type TextColumn = Extract<Column, { dtype: "string" }>;

function textColumn(data: Dataset, name: string): TextColumn {
  const column = data.columns.find((one) => one.name === name);
  if (column?.dtype === "string") return column;
  throw new RangeError(`the dataset has no text column ${name}`);
}

function categoriesIn({ categories, codes }: TextColumn, { from, to }: RowRange): string[] {
  const seen = new Set(codes.subarray(from, to));
  return categories.filter((_, code) => seen.has(code));
}

/** Returns the rows of the last `window` periods. */
function lastPeriods({ period }: Dataset, { from, to }: RowRange, window: number): RowRange {
  const first = (period[to - 1] ?? 0) - window + 1;
  let start = to;
  while (start > from && (period[start - 1] ?? 0) >= first) start--;
  return { from: start, to };
}
