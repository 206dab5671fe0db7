/** The order of a forecast's periods. */
import { isoWeekday } from "../lib/calendar.ts";
import { addPeriods, type Granularity } from "../period.ts";

export interface Schedule {
  /** The length of a period. */
  readonly every: Granularity;
  /** For days only: the weekdays that are periods, Monday = 1 … Sunday = 7 (ISO 8601). Default: every day. */
  readonly weekdays?: readonly number[];
  /**
   * `calendar`: every period of the schedule exists, and one that was not published has no values. The previous period is the
   * previous one in the calendar. `published`: only published periods exist. The previous period is the previous publication.
   */
  readonly periods: "calendar" | "published";
}

/** Returns the first period after `last` in the schedule. Throws if the schedule contains no weekday. */
export function nextPeriod(schedule: Schedule, last: string): string {
  return scheduledFrom(schedule, last, 1);
}

/** Returns the last period before `next` in the schedule. Throws if the schedule contains no weekday. */
export function previousPeriod(schedule: Schedule, next: string): string {
  return scheduledFrom(schedule, next, -1);
}

/**
 * Returns the sorted periods of a panel, given the published periods. A `calendar` schedule adds every period between the first
 * and the last one. O(periods).
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
  throw new RangeError("the schedule has no weekday: expected at least one of 1 (Monday) to 7 (Sunday)");
}
