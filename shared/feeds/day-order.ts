/**
 * Finds the days of a publication that are out of order, because one of them may be mistyped.
 *
 * A publication lists its blocks in one direction. The accepted days are the longest run in that direction: a longest
 * increasing subsequence in which no step exceeds the largest gap. Among runs of the same length, the run with the fewest
 * doubts wins. A block that is in no best run is out of order. If several runs are equally good, the blocks in which they
 * differ are all contradicted.
 */

export interface ListedDay {
  /** Days since any fixed day. */
  readonly day: number;
  /** Number of findings that contradict the day, such as a wrong weekday. */
  readonly doubts: number;
}

export type OrderStatus =
  | { readonly kind: "in-order" }
  /** Indices of the nearest blocks in order before and after it. */
  | { readonly kind: "out-of-order"; readonly before: number | null; readonly after: number | null }
  /** Indices of the blocks that contradict each other, itself included. All of them share the list. */
  | { readonly kind: "contradicted"; readonly among: readonly number[] };

/** A run with one more block is better, for any number of doubts. */
const blockWeight = 1_000;
/** A publication counts as newest-first only from this many blocks in that order. */
const newestFirstMin = 3;

/** Returns the order status of every listed day. O(n log n). */
export function classifyOrder(listed: readonly ListedDay[], gapDaysMax: number): OrderStatus[] {
  const oldestFirst = findRuns(listed, gapDaysMax);
  const newestFirst = findRuns(
    listed.map(({ day, doubts }) => ({ day: -day, doubts })),
    gapDaysMax,
  );
  const isNewestFirst = newestFirst.best > oldestFirst.best && newestFirst.best > (newestFirstMin - 1) * blockWeight;
  const { groups } = isNewestFirst ? newestFirst : oldestFirst;

  const statuses = listed.map((): OrderStatus => ({ kind: "out-of-order", before: null, after: null }));
  for (const group of groups) {
    for (const index of group) {
      statuses[index] = group.length === 1 ? { kind: "in-order" } : { kind: "contradicted", among: group };
    }
  }
  return withNeighbours(statuses);
}

interface Runs {
  /** Weight of the best runs. */
  readonly best: number;
  /**
   * Blocks of the best runs. The blocks of a group are alternatives: each best run has one of them. A single block is
   * in every best run.
   */
  readonly groups: readonly (readonly number[])[];
}

function findRuns(listed: readonly ListedDay[], gapDaysMax: number): Runs {
  const weights = listed.map(({ doubts }) => blockWeight - Math.min(doubts, blockWeight - 1));
  const upTo = weightsUpTo(listed, weights, gapDaysMax);
  const backwards = listed.map(({ day, doubts }) => ({ day: -day, doubts })).reverse();
  const from = weightsUpTo(backwards, weights.toReversed(), gapDaysMax).reverse();
  const best = upTo.reduce((most, weight) => Math.max(most, weight), 0);

  // A block of a best run covers the weights from `upTo - weight` to `upTo`. Blocks whose ranges overlap are alternatives.
  const candidates = [...listed.keys()]
    .map((index) => ({ index, end: upTo[index] ?? 0, start: (upTo[index] ?? 0) - (weights[index] ?? 0) }))
    .filter(({ index, start }) => start + (from[index] ?? 0) === best)
    .sort((a, b) => a.start - b.start || a.index - b.index);
  const groups: number[][] = [];
  let reached = 0;
  for (const { index, start, end } of candidates) {
    if (start < reached) groups.at(-1)?.push(index);
    else groups.push([index]);
    reached = Math.max(reached, end);
  }
  return { best, groups };
}

/** Returns, for every block, the weight of the best run that ends with it. */
function weightsUpTo(listed: readonly ListedDay[], weights: readonly number[], gapDaysMax: number): number[] {
  const days = [...new Set(listed.map(({ day }) => day))].sort((a, b) => a - b);
  const best = new RangeMaximum(days.length);
  return listed.map(({ day }, index) => {
    const place = lowerBound(days, day);
    const weight = best.between(lowerBound(days, day - gapDaysMax), place) + (weights[index] ?? 0);
    best.raise(place, weight);
    return weight;
  });
}

/** The maximum of a range of numbers that never decrease: a segment tree. Both operations take O(log n). */
class RangeMaximum {
  readonly #size: number;
  readonly #tree: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#tree = new Float64Array(2 * size);
  }

  raise(place: number, value: number): void {
    for (let node = place + this.#size; node >= 1; node >>= 1)
      this.#tree[node] = Math.max(this.#tree[node] ?? 0, value);
  }

  /** Returns the maximum from `start` (inclusive) to `end` (exclusive); 0 for an empty range. */
  between(start: number, end: number): number {
    let most = 0;
    let [left, right] = [start + this.#size, end + this.#size];
    for (; left < right; left >>= 1, right >>= 1) {
      if (left & 1) most = Math.max(most, this.#tree[left++] ?? 0);
      if (right & 1) most = Math.max(most, this.#tree[--right] ?? 0);
    }
    return most;
  }
}

/** Returns the index of the first sorted number that is at least `value`. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Fills in the neighbours of the blocks that are out of order. */
function withNeighbours(statuses: readonly OrderStatus[]): OrderStatus[] {
  let before: number | null = null;
  const filled = statuses.map((status, index): OrderStatus => {
    if (status.kind === "in-order") before = index;
    return status.kind === "out-of-order" ? { ...status, before } : status;
  });
  let after: number | null = null;
  for (let index = filled.length - 1; index >= 0; index--) {
    const status = filled[index];
    if (status?.kind === "in-order") after = index;
    if (status?.kind === "out-of-order") filled[index] = { ...status, after };
  }
  return filled;
}
