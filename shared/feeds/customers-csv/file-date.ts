/** The date of a customers file. */
import { isIsoDay } from "../../lib/calendar.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";

/** Returns the day in a file's name, such as `customers_2025-11-01.csv` or `customers-20251101.csv`; null if it has none. */
export function dayInName(name: string): string | null {
  const match = /(?<!\d)(\d{4})(-?)(\d{2})\2(\d{2})(?!\d)/.exec(name);
  const day = match && `${match[1]}-${match[3]}-${match[4]}`;
  return day !== null && isIsoDay(day) ? day : null;
}

/** Returns the day of a file: in its name, else in the column `as_of` of its lines, else the day of its arrival (ISO 8601). */
export function fileDate(
  { name, arrivedAt }: { readonly name: string; readonly arrivedAt: string },
  stated: ReadonlySet<string>,
): Result<string, Problem> {
  const named = dayInName(name);
  const days = [...stated];
  const [first] = days;
  if (days.length > 1 || (first !== undefined && !isIsoDay(first))) {
    const found = days.length > 1 ? `${days.length} different texts` : "a text that is not a day";
    const expected = "the same day in every line, as YYYY-MM-DD";
    return failure(problem("contradicting-dates", { column: "as_of", found, expected }));
  }
  return success(named ?? first ?? arrivedAt.slice(0, "YYYY-MM-DD".length));
}
