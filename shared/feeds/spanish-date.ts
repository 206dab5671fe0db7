import { isoDay, isoWeekday } from "../lib/calendar.ts";
import { foldText } from "../lib/fold-text.ts";

const weekdays = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"];
const months = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(" ");

export interface SpanishDate {
  readonly day: string;
  /** False when the weekday written beside the date is another one: either may then be the slip of the pen. */
  readonly weekdayAgrees: boolean;
}

/** Reads "Viernes, 3 de enero de 2025", also with a dot after it, "1º", or without the second "de"; null when it is not a date, or no such day exists. */
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
