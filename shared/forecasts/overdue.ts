/** When data counts as ended long ago, by the schedule of its forecast. */
import { addDays, daysBetween } from "../lib/calendar.ts";
import { firstDayOf, lastDayOf } from "../period.ts";
import { nextPeriod, type Schedule } from "./schedule.ts";

/** Number of gaps between periods from which the usual gap is measured. */
const gapsMax = 20;
/** The next value may be late by this many usual gaps. */
const gapsLate = 2;
/** The least time that a value may be late, in days: publishers have weekends. */
const daysLateMin = 3;

export interface DataEnd {
  /** The last period with a value. */
  readonly last: string;
  /** The day after which the next value is overdue. */
  readonly due: string;
}

/**
 * Returns the end of the data and the day by which a newer value was due: the end of the next period, the lag of the
 * publisher, and twice the largest gap between the last 20 periods, at least three days. Null without periods.
 * @param lag periods of the schedule after its own period until a value is published
 */
export function dataEndOf(schedule: Schedule, periods: readonly string[], lag = 0): DataEnd | null {
  const last = periods.at(-1);
  if (last === undefined) return null;
  const recent = periods.slice(-gapsMax - 1).map(firstDayOf);
  const next = nextPeriod(schedule, last);
  const gaps = recent.slice(1).map((day, index) => daysBetween(recent[index] ?? day, day));
  const usualGap = Math.max(daysBetween(firstDayOf(last), firstDayOf(next)), ...gaps);
  let publication = next;
  for (let count = 0; count < lag; count++) publication = nextPeriod(schedule, publication);
  const published = lastDayOf(publication);
  return { last, due: addDays(published, Math.max(daysLateMin, gapsLate * usualGap)) };
}

/** Returns whether a newer value is overdue at the start of a day. */
export function isOverdue(end: DataEnd | null, day: string): boolean {
  return end !== null && day > end.due;
}

/** Returns the sentence for people. */
export function describeOverdue({ last, due }: DataEnd): string {
  return `The data ends with ${last}. A newer value was due by ${due}.`;
}
