/** The past changes of each row's series, counted up to the row's period. */
import { RecentChanges } from "../distributions/recent-changes.ts";
import type { ChangeCounts } from "../distributions/shrinkage.ts";
import { toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";

export interface ChangeHistory {
  /** The group of each series, from 0. */
  readonly groupOf: readonly number[];
  /** How many changes of each series count. */
  readonly window: number;
  /** Decimals of a published value. */
  readonly decimals: number;
}

/**
 * Calls `visit` for each row of a range, in order, with a function that counts the changes that were known at the row's origin:
 * those with a target up to it. O(rows · (window + support)), where the support is the number of different changes.
 */
export function visitChanges(
  data: Dataset,
  { from, to }: RowRange,
  { groupOf, window, decimals }: ChangeHistory,
  visit: (row: number, counts: () => ChangeCounts) => void,
): void {
  const recent = new RecentChanges(groupOf, window);
  let known = 0;
  for (let row = from; row < to; row++) {
    const origin = (data.period[row] ?? 0) - data.step;
    for (; known < to && (data.period[known] ?? 0) <= origin; known++)
      recent.add(data.series[known] ?? -1, changeOf(data, known, decimals));
    visit(row, () => recent.countsOf(data.series[row] ?? -1));
  }
}

/** Returns the change of a row's value from the last one, in whole units. */
export function changeOf({ target, last }: Dataset, row: number, decimals: number): number {
  return toUnits(target[row] ?? Number.NaN, decimals) - toUnits(last[row] ?? Number.NaN, decimals);
}

/** Returns the group of each series: series with the same texts in these columns are one group. O(rows · columns). */
export function groupsOf(data: Dataset, names: readonly string[]): number[] {
  const columns = names.map((name) => {
    const column = data.columns.find((one) => one.name === name);
    if (column?.dtype === "string") return column;
    throw new RangeError(`the dataset has no text column ${name}`);
  });
  const groups = new Map<string, number>();
  const groupOf: number[] = [];
  for (let row = 0; row < data.rows; row++) {
    const series = data.series[row] ?? -1;
    if (groupOf[series] !== undefined) continue;
    const key = JSON.stringify(columns.map(({ categories, codes }) => categories[codes[row] ?? 0]));
    const group = groups.get(key) ?? groups.size;
    groups.set(key, group);
    groupOf[series] = group;
  }
  // A series without a row has no history and is never read.
  return Array.from(groupOf, (group) => group ?? 0);
}
