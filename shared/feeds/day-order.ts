/**
 * Which of a publication's days are out of order, when one of them may be mistyped.
 *
 * Blocks are listed in one direction. The days that can be believed are the longest run in that direction (a longest
 * increasing subsequence, in which no step is longer than a gap can be); among runs of one length the one with the fewest
 * doubts. What stands in no such run is out of order. Where several runs are equally good, nothing decides between the
 * blocks in which they differ, and all of those are contradicted.
 */

export interface ListedDay {
  /** Days since any fixed day. */
  readonly day: number;
  /** How many things speak against it, e.g. a weekday that disagrees. */
  readonly doubts: number;
}

export type Standing =
  | { readonly kind: "in-order" }
  /** Indices of the nearest blocks in order before and after it. */
  | { readonly kind: "out-of-order"; readonly before: number | null; readonly after: number | null }
  /** Indices of the blocks, itself among them, of which only some can be believed. All of them share the list. */
  | { readonly kind: "contradicted"; readonly among: readonly number[] };

/** One more block in order outweighs any doubts. */
const blockWeight = 1_000;
/** Fewer blocks than this do not make a publication that lists the newest first. */
const newestFirstMin = 3;

/** How every listed day stands. Takes O(n log n). */
export function judgeOrder(listed: readonly ListedDay[], gapDaysMax: number): Standing[] {
  const oldestFirst = findRuns(listed, gapDaysMax);
  const newestFirst = findRuns(
    listed.map(({ day, doubts }) => ({ day: -day, doubts })),
    gapDaysMax,
  );
  const isNewestFirst = newestFirst.best > oldestFirst.best && newestFirst.best > (newestFirstMin - 1) * blockWeight;
  const { groups } = isNewestFirst ? newestFirst : oldestFirst;

  const standings = listed.map((): Standing => ({ kind: "out-of-order", before: null, after: null }));
  for (const group of groups) {
    for (const index of group) {
      standings[index] = group.length === 1 ? { kind: "in-order" } : { kind: "contradicted", among: group };
    }
  }
  return withNeighbours(standings);
}

interface Runs {
  /** Weight of the best runs. */
  readonly best: number;
  /** Blocks of the best runs; those in one group stand for each other, one alone is in every best run. */
  readonly groups: readonly (readonly number[])[];
}

function findRuns(listed: readonly ListedDay[], gapDaysMax: number): Runs {
  const weights = listed.map(({ doubts }) => blockWeight - Math.min(doubts, blockWeight - 1));
  const upTo = weightsUpTo(listed, weights, gapDaysMax);
  const backwards = listed.map(({ day, doubts }) => ({ day: -day, doubts })).reverse();
  const from = weightsUpTo(backwards, weights.toReversed(), gapDaysMax).reverse();
  const best = upTo.reduce((most, weight) => Math.max(most, weight), 0);

  // A block of a best run takes the stretch of weight from `upTo - weight` to `upTo`: stretches that overlap compete.
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

/** For every block the weight of the best run that ends with it. */
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

/** The largest of a range of numbers that only ever grow: a segment tree, both operations in O(log n). */
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

  /** The largest from `start` up to but without `end`; 0 where nothing is. */
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

/** Where the first of the sorted numbers stands that is not less. */
function lowerBound(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withNeighbours(standings: readonly Standing[]): Standing[] {
  const isInOrder = (standing: Standing) => standing.kind === "in-order";
  let before: number | null = null;
  const told = standings.map((standing, index): Standing => {
    if (isInOrder(standing)) before = index;
    return standing.kind === "out-of-order" ? { ...standing, before } : standing;
  });
  let after: number | null = null;
  for (let index = told.length - 1; index >= 0; index--) {
    const standing = told[index];
    if (standing?.kind === "in-order") after = index;
    if (standing?.kind === "out-of-order") told[index] = { ...standing, after };
  }
  return told;
}
