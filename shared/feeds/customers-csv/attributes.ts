/** The attributes of a customer: how each column is read. */
import { daysBetween, isIsoDay, withoutMidnight } from "../../lib/calendar.ts";
import { failure, type Result, success } from "../../lib/result.ts";
import type { Problem } from "../feed.ts";
import { readCategory } from "../personal/read-category.ts";

export const regions = ["East", "North", "South", "West"] as const;

/** A number, or why the text is none. */
export type AttributeValue = Result<number, Pick<Problem, "reason" | "expected">>;

export interface CustomerAttribute {
  readonly name: string;
  /** Reads a text that is not empty. `on` is the day of the file. */
  read(text: string, on: string): AttributeValue;
}

const epochDay = "1970-01-01";
/** Databases write a missing date as 1753-01-01, 1900-01-01 or 1970-01-01. Transactions begin in this year too. */
const firstDay = "1990-01-01";
const ageMax = 120;
const pointsMax = 1e9;

export const attributes: readonly CustomerAttribute[] = [
  { name: "age", read: (text) => readNumber(text, { to: ageMax, digits: /^-?\d+(\.0+)?$/ }) },
  { name: "region", read: readRegion },
  { name: "signup_date", read: readDay },
  { name: "last_purchase", read: readDay },
  { name: "loyalty_points", read: (text) => readNumber(text, { to: pointsMax, digits: /^-?\d+(\.\d+)?$/ }) },
];

function readNumber(text: string, { to, digits }: { readonly to: number; readonly digits: RegExp }): AttributeValue {
  if (!digits.test(text)) return failure({ reason: "no-number", expected: "a number or an empty cell" });
  const value = Number(text);
  if (value >= 0 && value <= to) return success(value);
  return failure({ reason: "out-of-range", expected: `a number from 0 to ${to}` });
}

function readRegion(text: string): AttributeValue {
  const code = readCategory(text, regions);
  if (code !== null) return success(code);
  return failure({ reason: "unknown-region", expected: `one of ${regions.join(", ")}, or an empty cell` });
}

/** Reads a day from 1990 to the day of the file, as days since 1970-01-01. */
function readDay(text: string, on: string): AttributeValue {
  const day = withoutMidnight(text);
  if (!isIsoDay(day)) return failure({ reason: "unreadable-date", expected: "a day as YYYY-MM-DD, or an empty cell" });
  if (day < firstDay) return failure({ reason: "implausible-date", expected: `a day from ${firstDay}` });
  if (day > on) return failure({ reason: "after-file-date", expected: `a day up to ${on}, the date of the file` });
  return success(daysBetween(epochDay, day));
}
