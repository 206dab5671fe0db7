/** Scores many estimates of the next change without building their distributions, for a search of weights. */
import { UNITS_MIN } from "./changes.ts";
import {
  type ChangeCounts,
  type ShrinkageWeights,
  SIZE_WITHOUT_DATA,
  shrunkChances,
  shrunkSize,
  type Total,
  type Totals,
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
export function shrunkScores(known: KnownChange, tried: readonly ShrinkageWeights[]): Float64Array {
  const totals = totalsOf(known.counts);
  const atoms = atomsOf(known, totals);
  const masses = new Float64Array(atoms.length);
  return Float64Array.from(tried, (weights) => {
    writeMasses(masses, atoms, { totals, weights });
    return crpsOf(masses, atoms, known.outcome);
  });
}

/** One possible change. */
interface Atom {
  /** The value after it. */
  readonly value: number;
  readonly direction: -1 | 0 | 1;
  /** Null if no series ever changed in this direction: then this is its only size. */
  readonly count: Total | null;
}

/** Returns the atoms, ascending. Equal values may follow each other. */
function atomsOf({ counts, last, positive }: KnownChange, totals: Totals): Atom[] {
  const { changes, own, group, all } = counts;
  const least = positive ? Math.min(UNITS_MIN, last) : Number.NEGATIVE_INFINITY;
  const after = (change: number) => Math.max(least, last + change);
  const sideOf = (direction: -1 | 1, total: Total): Atom[] => {
    if (total.all === 0) return [{ value: after(direction * SIZE_WITHOUT_DATA), direction, count: null }];
    const atoms: Atom[] = [];
    changes.forEach((change, i) => {
      if (Math.sign(change) !== direction) return;
      atoms.push({
        value: after(change),
        direction,
        count: { own: own[i] ?? 0, group: group[i] ?? 0, all: all[i] ?? 0 },
      });
    });
    return atoms;
  };
  return [...sideOf(-1, totals.down), { value: after(0), direction: 0, count: null }, ...sideOf(1, totals.up)];
}

interface Estimate {
  readonly totals: Totals;
  readonly weights: ShrinkageWeights;
}

/** Writes the probability of each atom. */
function writeMasses(masses: Float64Array, atoms: readonly Atom[], { totals, weights }: Estimate): void {
  const { down, same, up } = shrunkChances(totals, weights);
  let [falls, rises] = [0, 0];
  atoms.forEach(({ direction, count }, i) => {
    const total = direction < 0 ? totals.down : totals.up;
    const size = count === null ? 1 : shrunkSize(count, total, weights);
    if (direction < 0) falls += size;
    if (direction > 0) rises += size;
    masses[i] = size;
  });
  const sum = down + same + up;
  const factors = [down / (falls * sum), same / sum, up / (rises * sum)];
  atoms.forEach(({ direction }, i) => {
    masses[i] = (masses[i] ?? 0) * (factors[direction + 1] ?? 0);
  });
}

/** Returns ∫ (F(x) − 1{y ≤ x})² dx, as `crps`. An atom without mass adds nothing. */
function crpsOf(masses: Float64Array, atoms: readonly Atom[], outcome: number): number {
  const last = atoms.length - 1;
  const valueAt = (i: number) => atoms[i]?.value ?? Number.NaN;
  let sum = Math.max(0, valueAt(0) - outcome) + Math.max(0, outcome - valueAt(last));
  let below = 0;
  for (let i = 0; i < last; i++) {
    below += masses[i] ?? 0;
    const [from, to] = [valueAt(i), valueAt(i + 1)];
    const until = Math.min(to, Math.max(from, outcome));
    sum += (until - from) * below ** 2 + (to - until) * (1 - below) ** 2;
  }
  return sum;
}
