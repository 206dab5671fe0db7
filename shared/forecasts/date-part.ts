/** Parts of a period as numbers, for requests that name a period by parts and for CSV columns. */
import { isoWeekday } from "../lib/calendar.ts";
import { enclosingPeriod, firstDayOf, firstPartOf, type Granularity, isPeriod } from "../period.ts";

/** In `weekday` Monday is 0. */
export const dateParts = ["year", "quarter", "month", "day", "weekday", "hour"] as const;
export type DatePart = (typeof dateParts)[number];

/** The minimum and the maximum of each part. */
export const partRanges: Readonly<Record<DatePart, readonly [number, number]>> = {
  year: [1000, 9999],
  quarter: [1, 4],
  month: [1, 12],
  day: [1, 31],
  weekday: [0, 6],
  hour: [0, 23],
};

/** The parts that together identify one period. */
export const namingParts: Readonly<Record<Granularity, readonly DatePart[]>> = {
  hour: ["year", "month", "day", "hour"],
  day: ["year", "month", "day"],
  month: ["year", "month"],
  quarter: ["year", "quarter"],
};

/** Returns a part of the first hour of a period. */
export function partOf(part: DatePart, period: string): number {
  const day = firstDayOf(period);
  switch (part) {
    case "year":
      return Number(day.slice(0, 4));
    case "quarter":
      return Number(enclosingPeriod(period, "quarter").slice(-1));
    case "month":
      return Number(day.slice(5, 7));
    case "day":
      return Number(day.slice(8, 10));
    case "weekday":
      return isoWeekday(day) - 1;
    case "hour":
      return Number(firstPartOf(period, "hour").slice(-2));
  }
}

/** Returns the period of the parts; null if it does not exist (31 February) or a part is missing. */
export function periodOfParts(granularity: Granularity, parts: ReadonlyMap<DatePart, number>): string | null {
  const text = (part: DatePart, length = 2) => String(parts.get(part) ?? "").padStart(length, "0");
  const year = text("year", 4);
  const written: Readonly<Record<Granularity, string>> = {
    hour: `${year}-${text("month")}-${text("day")}T${text("hour")}`,
    day: `${year}-${text("month")}-${text("day")}`,
    month: `${year}-${text("month")}`,
    quarter: `${year}-Q${text("quarter", 1)}`,
  };
  const isComplete = namingParts[granularity].every((part) => parts.has(part));
  return isComplete && isPeriod(written[granularity], granularity) ? written[granularity] : null;
}
