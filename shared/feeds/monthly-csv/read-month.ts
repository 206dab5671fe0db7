/** Reads a month: a Spanish abbreviation beside its year, or a date on the first day of the month. */
import { foldText } from "../../lib/fold-text.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import { isPeriod } from "../../period.ts";
import type { Problem } from "../feed.ts";

/** A month as `YYYY-MM`, or why the text is not one. */
export type MonthText = Result<string, Pick<Problem, "reason" | "expected">>;

const abbreviations = "ene feb mar abr may jun jul ago sep oct nov dic".split(" ");

/** Reads a year with four digits and a month such as `Ene`, `ene.` or `Set`. */
export function readSpanishMonth(year: string, month: string): MonthText {
  const expected = "a year with four digits and a month from Ene to Dic";
  const name = foldText(month).replace(/\.$/, "").replace(/^set$/, "sep");
  const at = abbreviations.indexOf(name);
  if (!/^\d{4}$/.test(year) || at === -1) return failure({ reason: "unreadable-month", expected });
  return success(`${year}-${String(at + 1).padStart(2, "0")}`);
}

/** Reads the first day of a month, `2013-03-01`, also with the time `00:00:00 UTC`. */
export function readFirstDay(text: string): MonthText {
  const match = /^(\d{4}-\d{2})-(\d{2})(?:[ T]00:00:00(?:\.0+)?(?: ?UTC|Z)?)?$/.exec(text);
  const [, month = "", day] = match ?? [];
  if (!match) return failure({ reason: "unreadable-month", expected: "the first day of a month as YYYY-MM-01" });
  if (!isPeriod(month, "month"))
    return failure({ reason: "impossible-month", expected: "a month from 01 to 12, as YYYY-MM-01" });
  if (day !== "01") return failure({ reason: "not-first-day", expected: "the first day of the month" });
  return success(month);
}
