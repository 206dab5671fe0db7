/** Takes lone slips of the decimal point out, and puts what is left in order of days. */
import type { Observation, Parsed, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { Cell, Rows } from "./read-rows.ts";

/** The largest change of one day since 1978 is twofold, and that is rounding (a lira price of 0.1, then 0.2). */
const jumpMax = 5;

const series = {};

/**
 * A price far from the last believed one is refused, unless the day after says the same: then the level has changed. The
 * newest has nobody after it, so that it waits until another day agrees.
 */
export function refuseJumps({ prices, problems, skipped }: Extract<Rows, { ok: true }>): Parsed {
  const observations: Observation[] = [];
  const refused: Problem[] = [];
  for (const [variable, byDay] of prices) {
    const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
    let believed: Cell | undefined;
    for (const [index, [period, cell]] of days.entries()) {
      const [next, second] = [days[index + 1]?.[1], days[index + 2]?.[1]];
      if (believed ? isNear(cell, believed) || isNear(cell, next) : isNear(cell, next) || !isNear(next, second)) {
        believed = cell;
        observations.push({ series, variable, period, value: cell.value });
        continue;
      }
      const near = believed ?? next;
      const expected = `less than ${jumpMax} times as much or as little as ${near?.text} in row ${near?.row}`;
      const { row, text: found } = cell;
      refused.push(problem("implausible-jump", { row, column: variable, period, found, expected }));
    }
  }
  observations.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  return { observations, problems: [...problems, ...refused], skipped };
}

/** False where one of them is not there. */
function isNear(a: Cell | undefined, b: Cell | undefined): boolean {
  return a !== undefined && b !== undefined && a.value <= jumpMax * b.value && b.value <= jumpMax * a.value;
}
