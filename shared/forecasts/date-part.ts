/** Parts of a period as numbers: what a request may name a period by, and what a CSV column may hold. */
import { isoWeekday } from "../lib/calendar.ts";
import { enclosingPeriod, firstDayOf, firstPartOf, type Granularity, isPeriod } from "../period.ts";

/** Monday = 0 in `weekday`. */
export const dateParts = ["year", "quarter", "month", "day", "weekday", "hour"] as const;
export type DatePart = (typeof dateParts)[number];

/** The smallest and the largest number of each part. */
export const partRanges: Readonly<Record<DatePart, readonly [number, number]>> = {
  year: [1000, 9999],
  quarter: [1, 4],
  month: [1, 12],
  day: [1, 31],
  weekday: [0, 6],
  hour: [0, 23],
};

/** The parts that together name one period. */
export const namingParts: Readonly<Record<Granularity, readonly DatePart[]>> = {
  hour: ["year", "month", "day", "hour"],
  day: ["year", "month", "day"],
  month: ["year", "month"],
  quarter: ["year", "quarter"],
};

/** Returns a part of a period's start. */
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

/** Returns the period that the parts name; null where there is no such period, as on 31 February, or a part is missing. */
export function periodOfParts(granularity: Granularity, parts: ReadonlyMap<DatePart, number>): string | null {
  const text = (part: DatePart, length = 2) => String(parts.get(part) ?? "").padStart(length, "0");
  const year = text("year", 4);
  const written: Readonly<Record<Granularity, string>> = {
    hour: `${year}-${text("month")}-${text("day")}T${text("hour")}`,
    day: `${year}-${text("month")}-${text("day")}`,
    month: `${year}-${text("month")}`,
    quarter: `${year}-Q${text("quarter", 1)}`,
  };
  const isWhole = namingParts[granularity].every((part) => parts.has(part));
  return isWhole && isPeriod(written[granularity], granularity) ? written[granularity] : null;
}
