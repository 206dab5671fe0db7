/** Takes slips of the decimal point, changes of unit and rows of shifted cells out, and puts what is left in order of days. */
import { daysBetween } from "../../calendar.ts";
import type { Observation, Parsed, Problem } from "../feed.ts";
import { problem } from "../problem.ts";
import type { Cell, PricesByDay, Rows } from "./read-rows.ts";

/** Further than this no currency has moved from one line to the next: it is a slip, or another unit. */
const levelMax = 5;
/** The largest change of one day since 1978 is 1.6-fold (rouble, 1998). Further alone, before the next day agrees, is a slip. */
const moveMax = 1.75;
/** Below this, rounding to a tenth makes leaps of its own (a lira price of 0.1, then 0.2). */
const coarseBelow = 5;
/** After a longer gap a price may be anywhere. */
const gapDaysMax = 92;
/** A line of which so many prices leap, and such a share, has its cells in other columns: the others are no better. */
const [leapsMin, leapsShareMin] = [3, 0.25];

const series = {};

interface Refused extends Cell {
  readonly variable: string;
  readonly period: string;
  readonly near: Cell | undefined;
  /** The day after says the same. */
  readonly lasts: boolean;
}

/**
 * A price far from the last believed one is refused, unless the day after says the same: then the market has moved. The
 * newest has nobody after it, so that it waits until another day agrees. A leap to another level is refused for as long
 * as it lasts: the publisher states a currency that was reformed anew from its first day, so that this is another unit.
 */
export function refuseJumps({ prices, problems, skipped }: Extract<Rows, { ok: true }>): Parsed {
  const observations: Observation[] = [];
  const leaps: Refused[] = [];
  for (const [variable, byDay] of prices) {
    const { kept, refused } = judge(variable, byDay);
    observations.push(...kept);
    leaps.push(...refused);
  }
  const shifted = shiftedDays(observations, leaps);
  const left = observations.filter(({ period }) => !shifted.has(period));
  left.sort((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0));
  const jumps = leaps.map(({ row, text: found, variable: column, period, near, lasts }) => {
    const times = lasts || (near && coarse(near)) ? levelMax : moveMax;
    const unit = lasts ? "; in another unit, the whole column" : "";
    const expected = `less than ${times} times as much or as little as ${near?.text} in row ${near?.row}${unit}`;
    return problem("implausible-jump", { row, column, period, found, expected });
  });
  const shifts = observations.flatMap(({ variable, period }): Problem[] => {
    const share = shifted.get(period);
    const cell = prices.get(variable)?.get(period);
    if (share === undefined || cell === undefined) return [];
    const expected = `a line of prices like those around it: ${share} of this line leap, as if cells had moved`;
    return [problem("doubtful-row", { row: cell.row, column: variable, period, found: cell.text, expected })];
  });
  return { observations: left, problems: [...problems, ...jumps, ...shifts], skipped };
}

function judge(variable: string, byDay: PricesByDay): { kept: Observation[]; refused: Refused[] } {
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1));
  const kept: Observation[] = [];
  const refused: Refused[] = [];
  let believed: Cell | undefined;
  for (const [index, [period, cell]] of days.entries()) {
    const [next, second] = [days[index + 1]?.[1], days[index + 2]?.[1]];
    const gapDays = daysBetween(days[index - 1]?.[0] ?? period, period);
    const isLevel = believed && (gapDays > gapDaysMax || isWithin(cell, believed, levelMax));
    const isBelieved = believed
      ? isNear(cell, believed) || (isLevel && isNear(cell, next))
      : isNear(cell, next) || !isNear(next, second);
    if (isBelieved) {
      believed = cell;
      kept.push({ series, variable, period, value: cell.value });
    } else refused.push({ ...cell, variable, period, near: believed ?? next, lasts: isNear(cell, next) });
  }
  return { kept, refused };
}

/** Days of which too many prices leap, with how many of how many that are. */
function shiftedDays(kept: readonly Observation[], leaps: readonly Refused[]): Map<string, string> {
  const count = (all: readonly { readonly period: string }[]) => {
    const counts = new Map<string, number>();
    for (const { period } of all) counts.set(period, (counts.get(period) ?? 0) + 1);
    return counts;
  };
  const good = count(kept);
  const shifted = new Map<string, string>();
  for (const [period, bad] of count(leaps)) {
    const all = bad + (good.get(period) ?? 0);
    if (bad >= leapsMin && bad >= leapsShareMin * all) shifted.set(period, `${bad} of ${all} prices`);
  }
  return shifted;
}

const coarse = ({ value }: Cell) => value < coarseBelow;

/** False where one of them is not there. */
function isNear(a: Cell | undefined, b: Cell | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return isWithin(a, b, coarse(a) || coarse(b) ? levelMax : moveMax);
}

function isWithin(a: Cell, b: Cell, times: number): boolean {
  return a.value <= times * b.value && b.value <= times * a.value;
}
