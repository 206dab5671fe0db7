/** How often the categories of two blocks occur together, as sparse rows. */
import type { CategoryBlock } from "./design.ts";

export interface PairCounts {
  /** The pairs of category `a` of the first block are at `starts[a]` to `starts[a + 1]`. */
  readonly starts: Int32Array;
  /** The category of the second block. */
  readonly others: Int32Array;
  readonly counts: Float64Array;
}

/** Counts the pairs of categories that occur in a row. Only pairs that occur are stored. O(rows + widths + pairs). */
export function pairCounts(left: CategoryBlock, right: CategoryBlock): PairCounts {
  const { starts: rowStarts, order } = rowsByCategory(left);
  const starts = new Int32Array(left.width + 1);
  const others: number[] = [];
  const counts: number[] = [];
  const found = new Float64Array(right.width);
  for (let a = 0; a < left.width; a++) {
    const touched: number[] = [];
    for (let i = rowStarts[a] ?? 0; i < (rowStarts[a + 1] ?? 0); i++) {
      const b = right.codes[order[i] ?? 0] ?? -1;
      if (b < 0) continue;
      if (found[b] === 0) touched.push(b);
      found[b] = (found[b] ?? 0) + 1;
    }
    for (const b of touched) {
      others.push(b);
      counts.push(found[b] ?? 0);
      found[b] = 0;
    }
    starts[a + 1] = others.length;
  }
  return { starts, others: Int32Array.from(others), counts: Float64Array.from(counts) };
}

/** Returns the rows sorted by their category (counting sort), and where each category starts. */
function rowsByCategory({ codes, width }: CategoryBlock): { readonly starts: Int32Array; readonly order: Int32Array } {
  const starts = new Int32Array(width + 1);
  for (const code of codes) if (code >= 0) starts[code + 1] = (starts[code + 1] ?? 0) + 1;
  for (let code = 0; code < width; code++) starts[code + 1] = (starts[code + 1] ?? 0) + (starts[code] ?? 0);
  const order = new Int32Array(starts[width] ?? 0);
  const next = starts.slice(0, width);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? -1;
    if (code < 0) continue;
    const at = next[code] ?? 0;
    order[at] = row;
    next[code] = at + 1;
  }
  return { starts, order };
}
