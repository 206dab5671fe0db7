/** Scores many estimates of the next change without building their distributions, for a search of weights. */
import { UNITS_MIN } from "./changes.ts";
import {
  type ChangeCounts,
  type DirectionTotals,
  type ShrinkageWeights,
  SIZE_WITHOUT_DATA,
  shrunkChances,
  shrunkSize,
  type Total,
  totalsOf,
} from "./shrinkage.ts";

/** A row whose next value is known. In whole units. */
export interface KnownChange {
  readonly counts: ChangeCounts;
  readonly last: number;
  readonly outcome: number;
  /** Whether values are always positive. */
  readonly positive: boolean;
}

/**
 * Returns, for each of the weights, the CRPS of `valueAfterChange` of `shrunkChange` at the outcome, in whole units.
 * O(weights · length of the support).
 */
export type ShrunkScores = (tried: readonly ShrinkageWeights[]) => Float64Array;

/** Returns the function that scores weights on a row. What does not depend on the weights is computed once. */
export function shrunkScores(known: KnownChange): ShrunkScores {
  const totals = totalsOf(known.counts);
  const atoms = atomsOf(known, totals);
  const masses = new Float64Array(atoms.values.length);
  return (tried) =>
    Float64Array.from(tried, (weights) => {
      writeMasses(masses, atoms, { totals, weights });
      return crpsOf(masses, atoms.values, known.outcome);
    });
}

/** The possible changes: falls, no change, rises. */
interface Atoms {
  /** The values after them, ascending. Equal values may follow each other. */
  readonly values: Float64Array;
  /** The position of no change. */
  readonly same: number;
  /**
   * The counts of the falls and of the rises. Null if no series ever changed in this direction: then there is one atom, with the
   * only size.
   */
  readonly falls: SideCounts | null;
  readonly rises: SideCounts | null;
}

/** Counts on the atoms of one direction. */
type SideCounts = Pick<ChangeCounts, "own" | "group" | "all">;

function atomsOf({ counts, last, positive }: KnownChange, totals: DirectionTotals): Atoms {
  const { changes } = counts;
  const least = positive ? Math.min(UNITS_MIN, last) : Number.NEGATIVE_INFINITY;
  // The changes ascend.
  let below = 0;
  while (below < changes.length && (changes[below] ?? 0) < 0) below++;
  let above = below;
  while (above < changes.length && (changes[above] ?? 0) === 0) above++;
  const sideOf = (from: number, to: number, { all }: Total, size: number) =>
    all === 0
      ? { sizes: Float64Array.of(size), counts: null }
      : { sizes: changes.subarray(from, to), counts: countsBetween(counts, from, to) };
  const falls = sideOf(0, below, totals.down, -SIZE_WITHOUT_DATA);
  const rises = sideOf(above, changes.length, totals.up, SIZE_WITHOUT_DATA);
  const same = falls.sizes.length;
  const values = new Float64Array(same + 1 + rises.sizes.length);
  values.set(falls.sizes);
  values.set(rises.sizes, same + 1);
  for (let i = 0; i < values.length; i++) values[i] = Math.max(least, last + (values[i] ?? 0));
  return { values, same, falls: falls.counts, rises: rises.counts };
}

function countsBetween({ own, group, all }: ChangeCounts, from: number, to: number): SideCounts {
  return { own: own.subarray(from, to), group: group.subarray(from, to), all: all.subarray(from, to) };
}

interface Estimate {
  readonly totals: DirectionTotals;
  readonly weights: ShrinkageWeights;
}

/** Writes the probability of each atom. */
function writeMasses(masses: Float64Array, { same, falls, rises }: Atoms, { totals, weights }: Estimate): void {
  const chances = shrunkChances(totals, weights);
  const sum = chances.down + chances.same + chances.up;
  const [ofFalls, ofRises] = [masses.subarray(0, same), masses.subarray(same + 1)];
  const fallen = writeSizes(ofFalls, falls, { total: totals.down, weights });
  const risen = writeSizes(ofRises, rises, { total: totals.up, weights });
  multiply(ofFalls, chances.down / (fallen * sum));
  masses[same] = chances.same / sum;
  multiply(ofRises, chances.up / (risen * sum));
}

/** Writes the shares of the sizes of one direction and returns their sum. */
function writeSizes(
  sizes: Float64Array,
  counts: SideCounts | null,
  { total, weights }: { readonly total: Total; readonly weights: ShrinkageWeights },
): number {
  if (counts === null) {
    sizes.fill(1);
    return sizes.length;
  }
  const { own, group, all } = counts;
  let sum = 0;
  for (let i = 0; i < sizes.length; i++) {
    const size = shrunkSize({ own: own[i] ?? 0, group: group[i] ?? 0, all: all[i] ?? 0 }, total, weights);
    sizes[i] = size;
    sum += size;
  }
  return sum;
}

function multiply(values: Float64Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * factor;
}

/** Returns ∫ (F(x) − 1{y ≤ x})² dx, as `crps`. An atom without mass adds nothing. */
function crpsOf(masses: Float64Array, values: Float64Array, outcome: number): number {
  const last = values.length - 1;
  let from = values[0] ?? Number.NaN;
  let sum = Math.max(0, from - outcome) + Math.max(0, outcome - (values[last] ?? Number.NaN));
  let below = 0;
  for (let i = 0; i < last; i++) {
    below += masses[i] ?? 0;
    const to = values[i + 1] ?? Number.NaN;
    const until = Math.min(to, Math.max(from, outcome));
    sum += (until - from) * below ** 2 + (to - until) * (1 - below) ** 2;
    from = to;
  }
  return sum;
}
