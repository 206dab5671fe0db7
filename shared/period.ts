/**
 * Periods as text: hour `2026-11-20T07`, day `2026-11-20`, month `2026-11`, quarter `2026-Q4`. Years have four digits. Hours are
 * in the publication's local time, 24 per day. Periods of one granularity sort by time if they are sorted as text.
 */
import { addDays, daysBetween, isIsoDay, isoDay } from "./lib/calendar.ts";

/** From the finest to the coarsest. */
export const granularities = ["hour", "day", "month", "quarter"] as const;
export type Granularity = (typeof granularities)[number];

/** One example per granularity, for messages. */
export const periodExamples: Readonly<Record<Granularity, string>> = {
  hour: "2026-11-20T07",
  day: "2026-11-20",
  month: "2026-11",
  quarter: "2026-Q4",
};

/** The format of each granularity, for messages. */
export const periodForms: Readonly<Record<Granularity, string>> = {
  hour: "YYYY-MM-DDTHH",
  day: "YYYY-MM-DD",
  month: "YYYY-MM",
  quarter: "YYYY-Qn",
};

const shapes: Readonly<Record<Granularity, RegExp>> = {
  hour: /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])$/,
  day: /^\d{4}-\d{2}-\d{2}$/,
  month: /^\d{4}-(0[1-9]|1[0-2])$/,
  quarter: /^\d{4}-Q[1-4]$/,
};

const dayLength = periodForms.day.length;
const hoursOfDay = 24;
const monthsOfYear = 12;
const monthsOfQuarter = 3;
const quartersOfYear = 4;
const epochDay = "1970-01-01";
const [ordinalYearMin, ordinalYearMax] = [0, 9999];

/** Returns whether a text is a period of this granularity that exists, in the years 1000 to 9999. */
export function isPeriod(text: string, granularity: Granularity): boolean {
  if (!shapes[granularity].test(text)) return false;
  return isIsoDay(firstDayOf(text));
}

/** Returns the granularity of a period, or null if the text is not a period. */
export function granularityOf(text: string): Granularity | null {
  return granularities.find((granularity) => isPeriod(text, granularity)) ?? null;
}

/** Returns the first day of a period. */
export function firstDayOf(period: string): string {
  if (period.length >= dayLength) return period.slice(0, dayLength);
  const year = period.slice(0, 4);
  if (period[5] !== "Q") return `${period}-01`;
  const month = (Number(period[6]) - 1) * monthsOfQuarter + 1;
  return `${year}-${twoDigits(month)}-01`;
}

/** Returns the last day of a period; for an hour its day. */
export function lastDayOf(period: string): string {
  if (period.length >= dayLength) return firstDayOf(period);
  const month = period[5] === "Q" ? Number(period[6]) * monthsOfQuarter : Number(period.slice(5));
  const days = [31, 30, 29, 28].map((day) => isoDay(Number(period.slice(0, 4)), month, day));
  return days.find((day) => day !== null) ?? firstDayOf(period);
}

/** Returns the period `count` periods later, or earlier if `count` is negative. Throws outside the years 0 to 9999. */
export function addPeriods(period: string, count: number): string {
  const granularity = formOf(period);
  return periodAt(granularity, ordinalOf(granularity, period) + count);
}

export function followingPeriod(period: string): string {
  return addPeriods(period, 1);
}

export function precedingPeriod(period: string): string {
  return addPeriods(period, -1);
}

/** Returns the number of periods from `from` to `to`; negative if `to` is earlier. Throws if their granularity differs. */
export function periodsBetween(from: string, to: string): number {
  const granularity = formOf(from);
  if (formOf(to) !== granularity) throw new RangeError(`${from} and ${to} are periods of different granularity`);
  return ordinalOf(granularity, to) - ordinalOf(granularity, from);
}

/**
 * Compares periods by the start of their first hour. If two start together, the longer one comes first. For periods of one
 * granularity this is the order of their texts.
 */
export function comparePeriods(a: string, b: string): number {
  const [startA, startB] = [startOf(a), startOf(b)];
  if (startA !== startB) return startA < startB ? -1 : 1;
  return granularities.indexOf(formOf(b)) - granularities.indexOf(formOf(a));
}

/** Returns the period of a coarser granularity that contains this one, or the period itself if it has that granularity. */
export function enclosingPeriod(period: string, granularity: Granularity): string {
  const day = firstDayOf(period);
  switch (granularity) {
    case "hour":
      return period;
    case "day":
      return day;
    case "month":
      return day.slice(0, 7);
    case "quarter":
      return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / monthsOfQuarter)}`;
  }
}

/** Returns the first period of a finer granularity inside this one, or the period itself if it has that granularity. */
export function firstPartOf(period: string, granularity: Granularity): string {
  if (formOf(period) === granularity) return period;
  return granularity === "hour" ? `${firstDayOf(period)}T00` : enclosingPeriod(firstDayOf(period), granularity);
}

/** Returns the last period of a finer granularity inside this one, or the period itself if it has that granularity. */
export function lastPartOf(period: string, granularity: Granularity): string {
  if (formOf(period) === granularity) return period;
  return granularity === "hour" ? `${lastDayOf(period)}T23` : enclosingPeriod(lastDayOf(period), granularity);
}

/** The first and the last period of a query, each of any granularity, also a year. */
export interface PeriodRange {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Returns the range in periods of one granularity: those that start in the range of the query. */
export function rangeIn(granularity: Granularity, { from, to }: PeriodRange): PeriodRange {
  return {
    from: from === undefined ? undefined : firstFrom(isYear(from) ? `${from}-01` : from, granularity),
    to: to === undefined ? undefined : lastTo(isYear(to) ? `${to}-12` : to, granularity),
  };
}

const lastDay = "9999-12-31";
const isYear = (text: string) => text.length === 4;

function firstFrom(from: string, granularity: Granularity): string {
  if (partsMax(formOf(from), granularity) > 0) return firstPartOf(from, granularity);
  const enclosing = enclosingPeriod(from, granularity);
  if (firstPartOf(enclosing, "hour") === firstPartOf(from, "hour")) return enclosing;
  // No period begins after the last one. As a text the day or hour itself comes after it.
  return lastDayOf(enclosing) === lastDay ? from : followingPeriod(enclosing);
}

function lastTo(to: string, granularity: Granularity): string {
  return partsMax(formOf(to), granularity) > 0 ? lastPartOf(to, granularity) : enclosingPeriod(to, granularity);
}

const mostParts: Readonly<Record<Granularity, Partial<Record<Granularity, number>>>> = {
  hour: { hour: 1 },
  day: { hour: hoursOfDay, day: 1 },
  month: { hour: 31 * hoursOfDay, day: 31, month: 1 },
  quarter: { hour: 92 * hoursOfDay, day: 92, month: monthsOfQuarter, quarter: 1 },
};

/** Returns the maximum number of `part` periods in one period: 24 hours per day, 31 days per month. 0 if `part` is coarser. */
export function partsMax(granularity: Granularity, part: Granularity): number {
  return mostParts[granularity][part] ?? 0;
}

/** Returns the granularity of a period from the length of its text. Does not validate the text. */
function formOf(period: string): Granularity {
  if (period.length > dayLength) return "hour";
  if (period.length === dayLength) return "day";
  return period[5] === "Q" ? "quarter" : "month";
}

/** Numbers periods consecutively: hours and days from 1970, months and quarters from the year 0. */
function ordinalOf(granularity: Granularity, period: string): number {
  const year = Number(period.slice(0, 4));
  switch (granularity) {
    case "hour":
      return daysBetween(epochDay, period.slice(0, dayLength)) * hoursOfDay + Number(period.slice(dayLength + 1));
    case "day":
      return daysBetween(epochDay, period);
    case "month":
      return year * monthsOfYear + Number(period.slice(5)) - 1;
    case "quarter":
      return year * quartersOfYear + Number(period.slice(6)) - 1;
  }
}

function periodAt(granularity: Granularity, ordinal: number): string {
  switch (granularity) {
    case "hour": {
      const day = Math.floor(ordinal / hoursOfDay);
      return `${periodAt("day", day)}T${twoDigits(ordinal - day * hoursOfDay)}`;
    }
    case "day": {
      const day = addDays(epochDay, ordinal);
      if (!shapes.day.test(day)) throw outsideYears();
      return day;
    }
    case "month": {
      const year = Math.floor(ordinal / monthsOfYear);
      return `${fourDigits(year)}-${twoDigits(ordinal - year * monthsOfYear + 1)}`;
    }
    case "quarter": {
      const year = Math.floor(ordinal / quartersOfYear);
      return `${fourDigits(year)}-Q${ordinal - year * quartersOfYear + 1}`;
    }
  }
}

/** Returns the first hour of a period, for comparisons of different granularities. */
function startOf(period: string): string {
  return firstPartOf(period, "hour");
}

function fourDigits(year: number): string {
  if (!(year >= ordinalYearMin && year <= ordinalYearMax)) throw outsideYears();
  return String(year).padStart(4, "0");
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

function outsideYears(): RangeError {
  return new RangeError(`the period is out of range: expected a year from ${ordinalYearMin} to ${ordinalYearMax}`);
}

/** Returns a period for tables: an hour with its minutes, as ISO 8601 and spreadsheets need it, and other periods unchanged. */
export function isoPeriod(period: string): string {
  return shapes.hour.test(period) ? `${period}:00` : period;
}
