/**
 * Estimates the next change from counts of past changes. A series with few changes borrows from its group, and the group from
 * all series. Rises and falls are shrunk apart, because many series have many of one and few of the other.
 */
import type { Chances, NextChange } from "./changes.ts";
import { ascendingDistribution, type Distribution } from "./distribution.ts";

/** Counts of past changes on a common support. */
export interface ChangeCounts {
  /** Changes in whole units, ascending: every change that occurred in `all`. */
  readonly changes: Float64Array;
  /** How often each occurred in the series, in its group (with the series) and in all series. */
  readonly own: Float64Array;
  readonly group: Float64Array;
  readonly all: Float64Array;
}

/** Numbers of borrowed changes: as many changes of the group count as the series' own changes, and so on. At least 0. */
export interface ShrinkageWeights {
  /** Borrowed from the group for the probabilities of a fall, no change and a rise. */
  readonly chances: number;
  /** Borrowed from the group for the sizes of falls, and as many for the sizes of rises. */
  readonly sizes: number;
  /** What a group borrows from all series, for each of the estimates. */
  readonly group: number;
}

/** The size of a change in a direction in which no series ever changed: the smallest possible one. */
export const SIZE_WITHOUT_DATA = 1;

/**
 * Estimates the next change. Every estimate is (own counts + weight × shares of the group) ÷ (own number + weight), and the
 * shares of the group are estimated in the same way from all series. O(length of the support).
 *
 * With all weights 0, it is the empirical distribution of the series' own changes. Without any counts the value stays.
 */
export function shrunkChange(counts: ChangeCounts, weights: ShrinkageWeights): NextChange {
  const totals = totalsOf(counts);
  return {
    chances: shrunkChances(totals, weights),
    falls: sizesOf(counts, weights, { total: totals.down, direction: -1 }),
    rises: sizesOf(counts, weights, { total: totals.up, direction: 1 }),
  };
}

/** Returns the probabilities of a fall, no change and a rise. */
export function shrunkChances(totals: DirectionTotals, weights: ShrinkageWeights): Chances {
  const whole = sum3(totals, ({ own }) => own);
  const [ofGroup, ofAll] = [sum3(totals, ({ group }) => group), sum3(totals, ({ all }) => all)];
  const chanceOf = ({ own, group, all }: Total) => {
    const shareOfAll = share(all, ofAll, 0, 0);
    return share(own, whole, weights.chances, share(group, ofGroup, weights.group, shareOfAll));
  };
  const chances = { down: chanceOf(totals.down), same: chanceOf(totals.same), up: chanceOf(totals.up) };
  const sum = chances.down + chances.same + chances.up;
  return sum === 0 ? { down: 0, same: 1, up: 0 } : chances;
}

/** Numbers of changes in one direction. */
export interface Total {
  own: number;
  group: number;
  all: number;
}

export interface DirectionTotals {
  readonly down: Total;
  readonly same: Total;
  readonly up: Total;
}

/** Counts the changes in each direction. O(length of the support). */
export function totalsOf({ changes, own, group, all }: ChangeCounts): DirectionTotals {
  const none = (): Total => ({ own: 0, group: 0, all: 0 });
  const totals = { down: none(), same: none(), up: none() };
  for (let i = 0; i < changes.length; i++) {
    const change = changes[i] ?? 0;
    const total = change < 0 ? totals.down : change > 0 ? totals.up : totals.same;
    total.own += own[i] ?? 0;
    total.group += group[i] ?? 0;
    total.all += all[i] ?? 0;
  }
  return totals;
}

function sum3({ down, same, up }: DirectionTotals, of: (total: Total) => number): number {
  return of(down) + of(same) + of(up);
}

/** Returns (count + weight × borrowed) ÷ (total + weight), or what is borrowed if that is 0 ÷ 0. */
function share(count: number, total: number, weight: number, borrowed: number): number {
  return total + weight === 0 ? borrowed : (count + weight * borrowed) / (total + weight);
}

/** Estimates the sizes in one direction: the same formula for every change of that direction. */
function sizesOf(
  { changes, own, group, all }: ChangeCounts,
  weights: ShrinkageWeights,
  { total, direction }: { readonly total: Total; readonly direction: 1 | -1 },
): Distribution {
  if (total.all === 0) return { values: Float64Array.of(direction * SIZE_WITHOUT_DATA), masses: Float64Array.of(1) };
  const masses = new Float64Array(changes.length);
  for (let i = 0; i < changes.length; i++) {
    if (Math.sign(changes[i] ?? 0) !== direction) continue;
    masses[i] = shrunkSize({ own: own[i] ?? 0, group: group[i] ?? 0, all: all[i] ?? 0 }, total, weights);
  }
  return ascendingDistribution(changes, masses);
}

/** Returns the share of one change among those of its direction. The shares of a direction have about sum 1. */
export function shrunkSize(count: Total, total: Total, { sizes, group }: ShrinkageWeights): number {
  return share(count.own, total.own, sizes, share(count.group, total.group, group, count.all / total.all));
}
