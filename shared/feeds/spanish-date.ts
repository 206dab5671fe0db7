import { isoDay, isoWeekday } from "../lib/calendar.ts";
import { foldText } from "../lib/fold-text.ts";

const weekdays = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"];
const months = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" ");

export interface SpanishDate {
  readonly day: string;
  /** False if the text names another weekday; then either the weekday or the date is a typing error. */
  readonly weekdayAgrees: boolean;
}

/**
 * Parses "Viernes, 3 de enero de 2025", also with a dot at the end, with "1º", or without the second "de". Returns null if
 * the text is not a date or the day does not exist.
 */
export function readSpanishDate(text: string): SpanishDate | null {
  const match = /^(\p{L}+)(?: ?, ?| )(\d{1,2})(?:°|º|o|ro|ero)?\.? de (\p{L}+)(?: del?|,)? (\d{4})\.?$/u.exec(
    foldText(text),
  );
  if (!match) return null;
  const weekday = weekdays.indexOf(match[1] ?? "") + 1;
  const month = months.indexOf((match[3] ?? "").replace("setiembre", "septiembre")) + 1;
  const day = isoDay(Number(match[4]), month, Number(match[2]));
  if (day === null || weekday === 0) return null;
  return { day, weekdayAgrees: isoWeekday(day) === weekday };
}
