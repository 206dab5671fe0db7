/** Removes implausible prices: mistyped digits (92.5 for 29.5), or another unit. */
import type { Observation } from "../feed.ts";
import { type JumpLimits, separateJumps } from "../jumps.ts";
import { problem } from "../problem.ts";
import type { ProblemList } from "../problem-list.ts";
import { columnName } from "../text.ts";

/** The largest change from one publication to the next in 2024 is 1.3-fold. */
const limits: JumpLimits = { moveMax: 1.6, levelMax: 2.5, coarseBelow: 0, gapDaysMax: 92 };

/** A price with its zero-based row and column. */
export interface Located {
  readonly observation: Observation;
  readonly row: number;
  readonly column: number;
}

/** Returns the accepted prices in their original order; the others become problems. */
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
    for (const { price, reference, ratioMax } of separateJumps(priced, limits).jumps) {
      refused.add(price.observation);
      const expected = `a price within ${ratioMax} times of ${reference?.value} on ${reference?.period}, in row ${(reference?.row ?? 0) + 1}`;
      const at = { row: price.row + 1, column: columnName(price.column), period: price.period };
      problems.add(problem("implausible-jump", { ...at, found: String(price.value), expected }));
    }
  }
  const accepted = refused.size === 0 ? prices : prices.filter(({ observation }) => !refused.has(observation));
  return accepted.map(({ observation }) => observation);
}
