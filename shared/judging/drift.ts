/** The drift baseline: the last value plus the mean change of the last periods, once for each period of the step. */
import { moveOf, type Transform } from "../candidates/fitted.ts";
import type { Dataset } from "../features/dataset.ts";
import { at } from "../stats/numbers.ts";

/** Whose changes a drift averages. `series`: its own, with as many changes of its group. */
export const driftScopes = ["series", "group", "all"] as const;

export interface Drift {
  /** How many periods up to the origin count. */
  readonly window: number;
  readonly scope: (typeof driftScopes)[number];
}

/** Cumulative sums and counts of changes by period, so that the mean of any window is read at once. */
interface Sums {
  readonly changes: Float64Array;
  readonly counts: Float64Array;
}

/** The mean changes of series, groups and all series over any window of past periods. */
export class Drifts {
  readonly #groupOf: readonly number[];
  readonly #own: readonly Sums[];
  readonly #groups: readonly Sums[];
  readonly #all: Sums;

  /**
   * @param rows the rows of step 1
   * @param groupOf the group of each series, from 0
   */
  constructor(rows: Dataset, groupOf: readonly number[], transform: Transform) {
    const periods = rows.periods.length;
    const empty = (): Sums => ({ changes: new Float64Array(periods + 1), counts: new Float64Array(periods + 1) });
    this.#groupOf = groupOf;
    this.#own = groupOf.map(empty);
    this.#groups = Array.from({ length: Math.max(0, ...groupOf) + 1 }, empty);
    this.#all = empty();
    for (let row = 0; row < rows.rows; row++) {
      const change = moveOf(transform, at(rows.target, row), at(rows.last, row));
      const series = at(rows.series, row);
      for (const sums of [this.#own[series], this.#groups[groupOf[series] ?? -1], this.#all]) {
        if (sums === undefined) throw new RangeError(`unknown series ${series}`);
        const end = at(rows.period, row) + 1;
        sums.changes[end] = at(sums.changes, end) + change;
        sums.counts[end] = at(sums.counts, end) + 1;
      }
    }
    for (const sums of [...this.#own, ...this.#groups, this.#all]) accumulate(sums);
  }

  /** Returns the mean change per period of the window that ends at the origin; 0 without a change. O(1). */
  at(series: number, origin: number, { window, scope }: Drift): number {
    if (scope === "all") return meanIn(this.#all, origin, window);
    const group = this.#groups[this.#groupOf[series] ?? -1];
    const own = this.#own[series];
    const ofGroup = group === undefined ? 0 : meanIn(group, origin, window);
    if (scope === "group" || own === undefined) return ofGroup;
    const count = countIn(own, origin, window);
    return (meanIn(own, origin, window) * count + ofGroup * window) / (count + window);
  }
}

function accumulate({ changes, counts }: Sums): void {
  for (let end = 1; end < changes.length; end++) {
    changes[end] = at(changes, end) + at(changes, end - 1);
    counts[end] = at(counts, end) + at(counts, end - 1);
  }
}

/** Returns the number of changes in the window that ends at the origin. O(1). */
function countIn({ counts }: Sums, origin: number, window: number): number {
  return at(counts, origin + 1) - at(counts, Math.max(0, origin + 1 - window));
}

/** Returns their mean; 0 without a change. O(1). */
function meanIn(sums: Sums, origin: number, window: number): number {
  const count = countIn(sums, origin, window);
  const { changes } = sums;
  return count === 0 ? 0 : (at(changes, origin + 1) - at(changes, Math.max(0, origin + 1 - window))) / count;
}
