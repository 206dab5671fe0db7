/** Takes slips of the decimal point, changes of unit and lines of moved cells out, and puts what is left in order of days. */
import type { Observation, Parsed, Problem } from "../feed.ts";
import { type JumpLimits, judgeJumps, type Leap } from "../jumps.ts";
import { problem } from "../problem.ts";
import type { Cell, Rows } from "./read-rows.ts";

/**
 * The largest change of one day since 1978 is 1.6-fold (rouble, 1998), and one of 0.1 to 0.2 that is rounding (lira). A currency
 * that is reformed is stated anew from its first day, so that a leap to another level is another unit.
 */
const limits: JumpLimits = { moveMax: 1.75, levelMax: 5, coarseBelow: 5, gapDaysMax: 92 };
/** A line of which so many prices leap, and such a share, has its cells in other columns: the others are no better. */
const [leapsMin, leapsShareMin] = [3, 0.25];

const series = {};

interface Price extends Cell {
  readonly variable: string;
  readonly period: string;
}

export function refuseJumps({ prices, problems, skipped }: Extract<Rows, { ok: true }>): Parsed {
  const kept: Price[] = [];
  const leaps: Leap<Price>[] = [];
  for (const [variable, byDay] of prices) {
    const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
    const judged = judgeJumps(
      days.map(([period, cell]) => ({ ...cell, variable, period })),
      limits,
    );
    for (const price of judged.kept) kept.push(price);
    for (const leap of judged.leaps) leaps.push(leap);
  }
  const moved = movedLines(kept, leaps);
  const observations = kept
    .filter(({ period }) => !moved.has(period))
    .map(({ variable, period, value }): Observation => ({ series, variable, period, value }))
    .sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  const doubtful = kept.flatMap(({ row, text: found, variable: column, period }): Problem[] => {
    const share = moved.get(period);
    if (share === undefined) return [];
    const expected = `a line of prices like those around it: ${share} of this one leap, as if its cells had moved`;
    return [problem("doubtful-row", { row, column, period, found, expected })];
  });
  return { observations, problems: [...problems, ...leaps.map(told), ...doubtful], skipped };
}

function told({ of, near, times, lasts }: Leap<Price>): Problem {
  const { row, text: found, variable: column, period } = of;
  const unit = lasts ? "; in another unit, the whole column" : "";
  const expected = `less than ${times} times as much or as little as ${near?.text} in row ${near?.row}${unit}`;
  return problem("implausible-jump", { row, column, period, found, expected });
}

/** Days whose line has too many prices that leap, with how many of how many that are. */
function movedLines(kept: readonly Price[], leaps: readonly Leap<Price>[]): Map<string, string> {
  const good = countDays(kept);
  const moved = new Map<string, string>();
  for (const [period, bad] of countDays(leaps.map(({ of }) => of))) {
    const all = bad + (good.get(period) ?? 0);
    if (bad >= leapsMin && bad >= leapsShareMin * all) moved.set(period, `${bad} of ${all} prices`);
  }
  return moved;
}

function countDays(prices: readonly Price[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { period } of prices) counts.set(period, (counts.get(period) ?? 0) + 1);
  return counts;
}
