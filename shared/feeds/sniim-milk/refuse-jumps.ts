/** Takes prices out that no shop asks: digits mistyped (92.5 for 29.5), or another unit. */
import type { Observation } from "../feed.ts";
import { type JumpLimits, judgeJumps } from "../jumps.ts";
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import { columnName } from "../text.ts";

/** The largest change from one publication to the next in 2024 is 1.3-fold. */
const limits: JumpLimits = { moveMax: 1.6, levelMax: 2.5, coarseBelow: 0, gapDaysMax: 92 };

/** A price with the cell that it was read from, both zero-based. */
export interface Located {
  readonly observation: Observation;
  readonly row: number;
  readonly column: number;
}

/** The prices that are left, in the order in which they came; the others become problems. */
export function refuseJumps(prices: readonly Located[], problems: ProblemList): Observation[] {
  const bySeries = new Map<Observation["series"], Located[]>();
  for (const price of prices) {
    const listed = bySeries.get(price.observation.series);
    if (listed) listed.push(price);
    else bySeries.set(price.observation.series, [price]);
  }
  const refused = new Set<Observation>();
  for (const listed of bySeries.values()) {
    const priced = listed.map(({ observation, row, column }) => ({
      period: observation.period,
      value: observation.value,
      observation,
      row,
      column,
    }));
    priced.sort((a, b) => (a.period < b.period ? -1 : 1));
    for (const { of, near, times } of judgeJumps(priced, limits).leaps) {
      refused.add(of.observation);
      const expected = `less than ${times} times as much or as little as ${near?.value} of ${near?.period}, in row ${(near?.row ?? 0) + 1}`;
      const at = { row: of.row + 1, column: columnName(of.column), period: of.period };
      problems.add(problem("implausible-jump", { ...at, found: String(of.value), expected }));
    }
  }
  const left = refused.size === 0 ? prices : prices.filter(({ observation }) => !refused.has(observation));
  return left.map(({ observation }) => observation);
}
