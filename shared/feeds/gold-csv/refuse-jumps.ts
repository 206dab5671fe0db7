/** Takes lone slips of the decimal point out, and puts what is left in order of days. */
import type { Observation, Parsed, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { Cell, Rows } from "./read-rows.ts";

/** The largest change of one day since 1978 is twofold, and that is rounding (a lira price of 0.1, then 0.2). */
const jumpMax = 5;

const series = {};

/**
 * A price far from the one before and the one after it is refused. The newest has nobody after it: it is refused until
 * the next day says the same. A level that changed for good stays, because one neighbour agrees.
 */
export function refuseJumps({ prices, problems, skipped }: Extract<Rows, { ok: true }>): Parsed {
  const observations: Observation[] = [];
  const refused: Problem[] = [];
  for (const [variable, byDay] of prices) {
    const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
    days.forEach(([period, cell], index) => {
      const before = days[index - 1]?.[1];
      const after = days[index + 1]?.[1];
      const neighbours = [before, after].filter((neighbour) => neighbour !== undefined);
      if (neighbours.length === 0 || neighbours.some((neighbour) => !isFar(cell, neighbour))) {
        observations.push({ series, variable, period, value: cell.value });
        return;
      }
      const near = neighbours.map(({ text }) => text).join(" and ");
      refused.push(
        problem("implausible-jump", {
          row: cell.row,
          column: variable,
          period,
          found: cell.text,
          expected: `less than ${jumpMax} times as much or as little as the day before or after (${near})`,
        }),
      );
    });
  }
  observations.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  return { observations, problems: [...problems, ...refused], skipped };
}

function isFar(a: Cell, b: Cell): boolean {
  return a.value > jumpMax * b.value || b.value > jumpMax * a.value;
}
