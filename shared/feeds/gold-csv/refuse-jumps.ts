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

/** Prices of one currency, oldest first, after the jumps were taken out. */
interface Judged {
  readonly variable: string;
  readonly kept: readonly Cell[];
}

export function refuseJumps({ prices, problems, skipped }: Rows): Parsed {
  const judged: Judged[] = [];
  const leaps = new Map<string, number>();
  for (const [variable, byDay] of prices) {
    const days = [...byDay.values()].sort((a, b) => (a.period < b.period ? -1 : 1));
    const { kept, leaps: ofColumn } = judgeJumps(days, limits);
    judged.push({ variable, kept });
    for (const leap of ofColumn) {
      problems.add(jumpProblem(leap, variable));
      leaps.set(leap.of.period, (leaps.get(leap.of.period) ?? 0) + 1);
    }
  }
  const moved = movedLines(judged, leaps);
  const observations: Observation[] = [];
  for (const { variable, kept } of judged) {
    for (const { row, text: found, period, value } of kept) {
      const share = moved.get(period);
      if (share === undefined) {
        observations.push({ series, variable, period, value });
        continue;
      }
      const expected = `a line of prices like those around it: ${share} of this one leap, as if its cells had moved`;
      problems.add(problem("doubtful-row", { row, column: variable, period, found, expected }));
    }
  }
  observations.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  return { observations, problems: problems.list(), skipped };
}

function jumpProblem({ of, near, times, lasts }: Leap<Cell>, column: string): Problem {
  const { row, text: found, period } = of;
  const unit = lasts ? "; in another unit, the whole column" : "";
  const expected = `less than ${times} times as much or as little as ${near?.text} in row ${near?.row}${unit}`;
  return problem("implausible-jump", { row, column, period, found, expected });
}

/** Days whose line has too many prices that leap, with how many of how many that are. */
function movedLines(judged: readonly Judged[], leaps: ReadonlyMap<string, number>): Map<string, string> {
  const good = new Map<string, number>();
  if (leaps.size > 0)
    for (const { kept } of judged) for (const { period } of kept) good.set(period, (good.get(period) ?? 0) + 1);
  const moved = new Map<string, string>();
  for (const [period, bad] of leaps) {
    const all = bad + (good.get(period) ?? 0);
    if (bad >= leapsMin && bad >= leapsShareMin * all) moved.set(period, `${bad} of ${all} prices`);
  }
  return moved;
}
