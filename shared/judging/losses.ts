/** Losses by period. The rows of one period are correlated, so significance tests use periods as independent observations. */
import type { Dataset, RowRange } from "../features/dataset.ts";

export interface PeriodLosses {
  readonly periods: readonly string[];
  readonly rows: readonly number[];
  /** Mean loss over the rows of each period. */
  readonly losses: readonly number[];
}

/** Computes the mean of `loss` over the rows of each period. `row` is counted from the first row of the range. O(rows). */
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
