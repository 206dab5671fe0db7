import { addDays, isoWeekday } from "../calendar.ts";

/** When the next period is. Periods are days as `YYYY-MM-DD`. */
export interface Schedule {
  readonly kind: "weekdays";
  /** Monday = 1 … Sunday = 7 (ISO 8601). */
  readonly days: readonly number[];
}

/** The first period after `last` that the schedule names. Throws on a schedule without days. */
export function nextPeriod({ days }: Schedule, last: string): string {
  for (let ahead = 1; ahead <= 7; ahead++) {
    const day = addDays(last, ahead);
    if (days.includes(isoWeekday(day))) return day;
  }
  throw new RangeError("the schedule names no weekday");
}
