/** Parts of the target period's date. They are known in advance. */
import { daysBetween, isoWeekday } from "../lib/calendar.ts";
import { firstDayOf } from "../period.ts";

const daysOfYear = 365.25;

interface Dates {
  /** The first day of the target. */
  readonly date: string;
  /** The last known period, or null. */
  readonly last: string | null;
}

const parts = {
  year: ({ date }: Dates) => Number(date.slice(0, 4)),
  /** 1 to 12. */
  month: ({ date }: Dates) => monthOf(date),
  /** 1 to 31. */
  day: ({ date }: Dates) => dayOfMonth(date),
  /** Monday = 0 … Sunday = 6. */
  weekday: ({ date }: Dates) => isoWeekday(date) - 1,
  "month-sine": ({ date }: Dates) => Math.sin(angle(monthOf(date) - 1, 12)),
  "month-cosine": ({ date }: Dates) => Math.cos(angle(monthOf(date) - 1, 12)),
  "day-sine": ({ date }: Dates) => Math.sin(angle(dayOfMonth(date) - 1, 31)),
  "day-cosine": ({ date }: Dates) => Math.cos(angle(dayOfMonth(date) - 1, 31)),
  "weekday-sine": ({ date }: Dates) => Math.sin(angle(isoWeekday(date) - 1, 7)),
  "weekday-cosine": ({ date }: Dates) => Math.cos(angle(isoWeekday(date) - 1, 7)),
  /** Days from the first day of the last known period to the first day of the target. */
  "days-ahead": ({ date, last }: Dates) => (last === null ? Number.NaN : daysBetween(firstDayOf(last), date)),
  /** 1 if the target is the first period of its month, otherwise 0. */
  "starts-month": ({ date, last }: Dates) =>
    last === null ? Number.NaN : Number(firstDayOf(last).slice(0, 7) !== date.slice(0, 7)),
  /** Years since the beginning of 2000, with a fraction: a trend, for periods of any length. */
  trend: ({ date }: Dates) => daysBetween("2000-01-01", date) / daysOfYear,
  /** 1 to 4. */
  quarter: ({ date }: Dates) => Math.ceil(monthOf(date) / 3),
} as const;

export type CalendarPart = keyof typeof parts;
export const calendarParts = Object.keys(parts) as readonly CalendarPart[];

/** Computes one part of the target's date. NaN if the part needs a last known period and there is none. O(1). */
export function calendarPart(part: CalendarPart, target: string, last: string | null): number {
  return parts[part]({ date: firstDayOf(target), last });
}

function monthOf(date: string): number {
  return Number(date.slice(5, 7));
}

function dayOfMonth(date: string): number {
  return Number(date.slice(8, 10));
}

/** Returns the angle of a step on a circle of `steps` steps, in radians. */
function angle(step: number, steps: number): number {
  return (2 * Math.PI * step) / steps;
}
