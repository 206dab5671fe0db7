/** Parts of a date that are known before the value is. Periods are days, hours or months as text that starts `YYYY-MM`. */
import { daysBetween, isoWeekday } from "../lib/calendar.ts";

export type CalendarPart =
  | "year"
  /** 1 to 12. */
  | "month"
  /** 1 to 31. */
  | "day"
  /** Monday = 0 … Sunday = 6. */
  | "weekday"
  | "month-sine"
  | "month-cosine"
  | "day-sine"
  | "day-cosine"
  | "weekday-sine"
  | "weekday-cosine"
  /** Days from the last known period to the target. */
  | "days-ahead"
  /** 1 where the target is the first period of its month, else 0. */
  | "starts-month";

/** Position on a circle of `steps` steps. */
function angle(step: number, steps: number): number {
  return (2 * Math.PI * step) / steps;
}

/** A period's day; the first of its month for a month. */
export function dayOf(period: string): string {
  return period.length >= 10 ? period.slice(0, 10) : `${period}-01`;
}

/** One part of the target's date; `last` is the last known period, null where there is none. NaN where it needs that. O(1). */
export function calendarPart(part: CalendarPart, target: string, last: string | null): number {
  const date = dayOf(target);
  const month = Number(date.slice(5, 7));
  const day = Number(date.slice(8, 10));
  switch (part) {
    case "year":
      return Number(date.slice(0, 4));
    case "month":
      return month;
    case "day":
      return day;
    case "weekday":
      return isoWeekday(date) - 1;
    case "month-sine":
      return Math.sin(angle(month - 1, 12));
    case "month-cosine":
      return Math.cos(angle(month - 1, 12));
    case "day-sine":
      return Math.sin(angle(day - 1, 31));
    case "day-cosine":
      return Math.cos(angle(day - 1, 31));
    case "weekday-sine":
      return Math.sin(angle(isoWeekday(date) - 1, 7));
    case "weekday-cosine":
      return Math.cos(angle(isoWeekday(date) - 1, 7));
    case "days-ahead":
      return last === null ? Number.NaN : daysBetween(dayOf(last), date);
    case "starts-month":
      return last === null ? Number.NaN : Number(last.slice(0, 7) !== target.slice(0, 7));
  }
}
