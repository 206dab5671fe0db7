/** Removes misplaced decimal points, changes of unit and lines with shifted cells. Sorts the remaining prices by day. */
import type { Observation, Parsed, Problem } from "../feed.ts";
import { type Jump, type JumpLimits, separateJumps } from "../jumps.ts";
import { problem } from "../problem.ts";
import { type PriceCell, type Rows, series } from "./read-rows.ts";

/**
 * The largest change in one day since 1978 is 1.6-fold (rouble, 1998), apart from rounding (lira, 0.1 to 0.2). The
 * publisher restates a reformed currency from its first day, so a jump to another level means another unit.
 */
const limits: JumpLimits = { moveMax: 1.75, levelMax: 5, coarseBelow: 5, gapDaysMax: 92 };
/** A line with at least this many jumps, and this share of them, has shifted cells: its other prices are rejected too. */
const [jumpsMin, jumpsShareMin] = [3, 0.25];

/** Prices of one currency without jumps, oldest first. */
interface CurrencyPrices {
  readonly variable: string;
  readonly accepted: readonly PriceCell[];
}

export function refuseJumps({ prices, problems, blanks, skipped }: Rows): Parsed {
  const currencies: CurrencyPrices[] = [];
  const jumpsByDay = new Map<string, number>();
  for (const [variable, byDay] of prices) {
    const days = [...byDay.values()].sort((a, b) => (a.period < b.period ? -1 : 1));
    const { accepted, jumps } = separateJumps(days, limits);
    currencies.push({ variable, accepted });
    for (const jump of jumps) {
      problems.add(jumpProblem(jump, variable));
      jumpsByDay.set(jump.price.period, (jumpsByDay.get(jump.price.period) ?? 0) + 1);
    }
  }
  const shifted = findShiftedLines(currencies, jumpsByDay);
  const observations: Observation[] = [];
  for (const { variable, accepted } of currencies) {
    for (const { row, text: found, period, value } of accepted) {
      const share = shifted.get(period);
      if (share === undefined) {
        observations.push({ series, variable, period, value });
        continue;
      }
      const expected = `a line of prices like those around it: ${share} of this line jump, so its cells are probably shifted`;
      problems.add(problem("doubtful-row", { row, column: variable, period, found, expected }));
    }
  }
  observations.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  return { observations, blanks, problems: problems.list(), skipped };
}

function jumpProblem({ price, reference, ratioMax, persists }: Jump<PriceCell>, column: string): Problem {
  const { row, text: found, period } = price;
  const unit = persists ? "; if the unit changed, upload the whole column in it" : "";
  const expected = `a price within ${ratioMax} times of ${reference?.text} in row ${reference?.row}${unit}`;
  return problem("implausible-jump", { row, column, period, found, expected });
}

/** Returns the days whose line has too many jumps, each with its count, such as "5 of 19 prices". */
function findShiftedLines(
  currencies: readonly CurrencyPrices[],
  jumpsByDay: ReadonlyMap<string, number>,
): Map<string, string> {
  const acceptedByDay = new Map<string, number>();
  if (jumpsByDay.size > 0)
    for (const { accepted } of currencies)
      for (const { period } of accepted) acceptedByDay.set(period, (acceptedByDay.get(period) ?? 0) + 1);
  const shifted = new Map<string, string>();
  for (const [period, jumps] of jumpsByDay) {
    const all = jumps + (acceptedByDay.get(period) ?? 0);
    if (jumps >= jumpsMin && jumps >= jumpsShareMin * all) shifted.set(period, `${jumps} of ${all} prices`);
  }
  return shifted;
}
