/** The days of the milk publications and their Spanish format. Days are texts, `YYYY-MM-DD`. */
import { addDays, isIsoDay } from "../../shared/lib/calendar.ts";
import type { Random } from "./random.ts";

/** First simulated day. It does not depend on the requested first day, so that a later first day gives the same data. */
export const MARKET_OPENS = "2018-01-01";

const MONDAY = 1;
const WEDNESDAY = 3;
const FRIDAY = 5;

/** About one publication in this many is missing without a holiday; the real publisher skipped 31 May 2024. */
const UNEXPLAINED_GAP_ODDS = 150;

const WEEKDAYS = ["Domingo", "Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado"] as const;
const MONTHS = [
  "enero",
  "febrero",
  "marzo",
  "abril",
  "mayo",
  "junio",
  "julio",
  "agosto",
  "septiembre",
  "octubre",
  "noviembre",
  "diciembre",
] as const;

/** Formats a day as the workbook does: "Miércoles, 3 de enero de 2024". */
export function spanishDay(day: string): string {
  const [year, month, dayOfMonth] = partsOf(day);
  return `${WEEKDAYS[weekdayOf(day)]}, ${dayOfMonth} de ${MONTHS[month - 1]} de ${year}`;
}

/**
 * Returns a function that is true for days with a publication: Monday, Wednesday and Friday, except public holidays in
 * Mexico and rare missing days. No gap is longer than 5 days.
 */
export function publicationDays(random: Random): (day: string) => boolean {
  const drawnMissing = (day: string): boolean => random.substream(day).integer(UNEXPLAINED_GAP_ODDS) === 0;
  return (day) => {
    if (!isWorkingSlot(day)) return false;
    if (!drawnMissing(day)) return true;
    const before = neighbourSlot(day, -1);
    // Two missing publications in a row would make a gap of 7 days.
    return !isWorkingSlot(before) || !isWorkingSlot(neighbourSlot(day, 1)) || drawnMissing(before);
  };
}

function isWorkingSlot(day: string): boolean {
  return isSlot(day) && !isHoliday(day);
}

function isSlot(day: string): boolean {
  const weekday = weekdayOf(day);
  return weekday === MONDAY || weekday === WEDNESDAY || weekday === FRIDAY;
}

function neighbourSlot(day: string, step: 1 | -1): string {
  let other = addDays(day, step);
  while (!isSlot(other)) other = addDays(other, step);
  return other;
}

/** Statutory holidays (Ley Federal del Trabajo, article 74, moved to Mondays by that law) and Good Friday. */
function isHoliday(day: string): boolean {
  const monthDay = day.slice(5);
  if (["01-01", "05-01", "09-16", "12-25"].includes(monthDay)) return true;
  const [, month, dayOfMonth] = partsOf(day);
  if (weekdayOf(day) === MONDAY) {
    const mondayOfMonth = Math.ceil(dayOfMonth / 7);
    if (month === 2 && mondayOfMonth === 1) return true;
    if ((month === 3 || month === 11) && mondayOfMonth === 3) return true;
  }
  return isGoodFriday(day);
}

export function isGoodFriday(day: string): boolean {
  return day === addDays(easterSunday(Number(day.slice(0, 4))), -2);
}

/** Computes Easter Sunday of a Gregorian year: the anonymous algorithm printed in Nature, 20 April 1876 (Meeus, chapter 8). */
function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const moonShift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - moonShift + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  return addDays(`${year}-03-22`, epact + toSunday - 7 * correction);
}

function weekdayOf(day: string): number {
  return new Date(dayMs(day)).getUTCDay();
}

function dayMs(day: string): number {
  if (!isIsoDay(day)) throw new RangeError(`"${day}" is not a day. Expected YYYY-MM-DD, e.g. 2026-11-20.`);
  return Date.parse(`${day}T00:00:00Z`);
}

function partsOf(day: string): [year: number, month: number, dayOfMonth: number] {
  return [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))];
}
