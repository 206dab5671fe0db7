/** Which period comes after which. */
import { isoWeekday } from "../lib/calendar.ts";
import { addPeriods, type Granularity } from "../period.ts";

export interface Schedule {
  /** What one period is. */
  readonly every: Granularity;
  /** Of days: the weekdays that are periods, Monday = 1 … Sunday = 7 (ISO 8601). Every day where it is left out. */
  readonly weekdays?: readonly number[];
  /**
   * `calendar`: every period that the schedule names is one, and a missing one is a period without values, so that "the period
   * before" is the calendar's. `published`: only what was published is a period, so that it is the publication before.
   */
  readonly periods: "calendar" | "published";
}

/** Returns the first period after `last` that the schedule names. Throws on a schedule that names none. */
export function nextPeriod(schedule: Schedule, last: string): string {
  return scheduledFrom(schedule, last, 1);
}

/** Returns the last period before `next` that the schedule names. Throws on a schedule that names none. */
export function previousPeriod(schedule: Schedule, next: string): string {
  return scheduledFrom(schedule, next, -1);
}

/**
 * Returns the periods of a panel, given those that were published, sorted: the same where publications are the periods, else
 * with every period between the first and the last that the schedule names. O(periods).
 */
export function panelPeriods(schedule: Schedule, published: readonly string[]): string[] {
  const [first, last] = [published[0], published.at(-1)];
  if (schedule.periods === "published" || first === undefined || last === undefined) return [...published];
  const periods = new Set(published);
  for (let period = nextPeriod(schedule, first); period < last; period = nextPeriod(schedule, period))
    periods.add(period);
  return periods.size === published.length ? [...published] : [...periods].sort();
}

const daysOfWeek = 7;

function scheduledFrom({ every, weekdays }: Schedule, period: string, step: 1 | -1): string {
  if (every !== "day" || weekdays === undefined) return addPeriods(period, step);
  for (let away = 1; away <= daysOfWeek; away++) {
    const day = addPeriods(period, away * step);
    if (weekdays.includes(isoWeekday(day))) return day;
  }
  throw new RangeError("the schedule names no weekday");
}
