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
    const meanOf = (sums: Sums | undefined) => sums && windowOf(sums, origin, window);
    if (scope === "all") return meanOf(this.#all)?.mean ?? 0;
    const group = meanOf(this.#groups[this.#groupOf[series] ?? -1]);
    const own = meanOf(this.#own[series]);
    if (scope === "group" || own === undefined) return group?.mean ?? 0;
    return (own.mean * own.count + (group?.mean ?? 0) * window) / (own.count + window);
  }
}

function accumulate({ changes, counts }: Sums): void {
  for (let end = 1; end < changes.length; end++) {
    changes[end] = at(changes, end) + at(changes, end - 1);
    counts[end] = at(counts, end) + at(counts, end - 1);
  }
}

function windowOf({ changes, counts }: Sums, origin: number, window: number) {
  const [from, to] = [Math.max(0, origin + 1 - window), origin + 1];
  const count = at(counts, to) - at(counts, from);
  return { count, mean: count === 0 ? 0 : (at(changes, to) - at(changes, from)) / count };
}
