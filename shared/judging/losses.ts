/** Losses of rows, gathered by period: a panel's rows share their shocks, so a period is the unit that counts. */
import type { Dataset, RowRange } from "../features/dataset.ts";

export interface PeriodLosses {
  readonly periods: readonly string[];
  readonly rows: readonly number[];
  /** Mean loss of each period's rows. */
  readonly losses: readonly number[];
}

/** Mean of `loss` over the rows of each period; `row` counts from the range's first. O(rows). */
export function lossesByPeriod(data: Dataset, rows: RowRange, loss: (row: number) => number): PeriodLosses {
  const periods: string[] = [];
  const counts: number[] = [];
  const sums: number[] = [];
  let current = -1;
  for (let row = rows.from; row < rows.to; row++) {
    const period = data.period[row] ?? -1;
    if (period !== current) {
      periods.push(data.periods[period] ?? "");
      counts.push(0);
      sums.push(0);
      current = period;
    }
    const at = sums.length - 1;
    counts[at] = (counts[at] ?? 0) + 1;
    sums[at] = (sums[at] ?? 0) + loss(row - rows.from);
  }
  return { periods, rows: counts, losses: sums.map((sum, at) => sum / (counts[at] ?? 1)) };
}
