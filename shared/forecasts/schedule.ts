import { addDays, isoWeekday } from "../lib/calendar.ts";

/** When the next period is. Periods are days as `YYYY-MM-DD`. */
export interface Schedule {
  readonly kind: "weekdays";
  /** Monday = 1 … Sunday = 7 (ISO 8601). */
  readonly days: readonly number[];
}

/** The first period after `last` that the schedule names. Throws on a schedule without days. */
export function nextPeriod(schedule: Schedule, last: string): string {
  return scheduledFrom(schedule, last, 1);
}

/** The last period before `next` that the schedule names. Throws on a schedule without days. */
export function previousPeriod(schedule: Schedule, next: string): string {
  return scheduledFrom(schedule, next, -1);
}

function scheduledFrom({ days }: Schedule, period: string, step: 1 | -1): string {
  for (let away = 1; away <= 7; away++) {
    const day = addDays(period, away * step);
    if (days.includes(isoWeekday(day))) return day;
  }
  throw new RangeError("the schedule names no weekday");
}
