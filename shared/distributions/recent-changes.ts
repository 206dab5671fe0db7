/** Counts the recent changes of series, of their groups and of all series, while time passes. */
import type { ChangeCounts } from "./shrinkage.ts";

/** The last changes of every series. Add changes in the order of their periods, and read counts between two periods. */
export class RecentChanges {
  readonly #window: number;
  readonly #groupOf: readonly number[];
  readonly #own: number[][];
  readonly #groups: readonly Map<number, number>[];
  readonly #all = new Map<number, number>();
  #support: Float64Array | null = null;
  #positions: ReadonlyMap<number, number> = new Map();
  /** Counts on the support; one array per group, and the last one for all. */
  #shared: readonly Float64Array[] = [];

  /** `groupOf`: the group of each series, from 0. `window`: how many changes of each series count. */
  constructor(groupOf: readonly number[], window: number) {
    this.#window = window;
    this.#groupOf = groupOf;
    this.#own = groupOf.map(() => []);
    this.#groups = Array.from(
      { length: groupOf.reduce((most, group) => Math.max(most, group + 1), 0) },
      () => new Map(),
    );
  }

  /** Adds the newest change of a series, in whole units; 0 if it stayed. */
  add(series: number, change: number): void {
    const own = this.#own[series];
    const group = this.#groups[this.#groupOf[series] ?? -1];
    if (own === undefined || group === undefined) throw new RangeError(`unknown series ${series}`);
    this.#support = null;
    own.push(change);
    const oldest = own.length > this.#window ? own.shift() : undefined;
    for (const counts of [group, this.#all]) {
      counts.set(change, (counts.get(change) ?? 0) + 1);
      if (oldest !== undefined) counts.set(oldest, (counts.get(oldest) ?? 0) - 1);
    }
  }

  /** Returns the counts of a series, its group and all series. The result does not change with later additions. O(support). */
  countsOf(series: number): ChangeCounts {
    const changes = this.#supportNow();
    const own = new Float64Array(changes.length);
    for (const change of this.#own[series] ?? []) {
      const position = this.#positions.get(change) ?? 0;
      own[position] = (own[position] ?? 0) + 1;
    }
    const group = this.#shared[this.#groupOf[series] ?? -1];
    const all = this.#shared.at(-1);
    if (group === undefined || all === undefined) throw new RangeError(`unknown series ${series}`);
    return { changes, own, group, all };
  }

  /** Returns every change that some series made, ascending, and counts the groups on it. */
  #supportNow(): Float64Array {
    if (this.#support !== null) return this.#support;
    const present = [...this.#all].filter(([, count]) => count > 0).map(([change]) => change);
    const support = Float64Array.from(present).sort();
    const countsOn = (counts: Map<number, number>) => support.map((change) => counts.get(change) ?? 0);
    this.#shared = [...this.#groups, this.#all].map(countsOn);
    this.#positions = new Map(Array.from(support, (change, position) => [change, position]));
    this.#support = support;
    return support;
  }
}
