/** Which period an instance asks for, told by the fields that name it. */
import type { Refusal } from "../api/problem.ts";
import { dayOf } from "../features/calendar-part.ts";
import type { DatePart } from "../forecasts/forecast.ts";
import { isIsoDay, isoDay, isoWeekday } from "../lib/calendar.ts";
import { periodField } from "./fields.ts";

export interface GivenDate {
  /** The field's own name. */
  readonly name: string;
  readonly part: DatePart | "period";
  readonly value: unknown;
}

export type ReadTarget =
  | {
      readonly ok: true;
      readonly target: string /** The field that names it; null where none does. */;
      readonly field: string | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Smallest and largest number of each part. */
const ranges = { year: [1000, 9999], month: [1, 12], day: [1, 31], weekday: [0, 6] } as const;

/**
 * The period that the fields name: the next one unless they say otherwise. Parts may be left out where the others agree
 * with the next period; another one has to be named in full, and a weekday has to be that day's.
 */
export function readTarget(given: readonly GivenDate[], next: string): ReadTarget {
  const parts = new Map<DatePart, GivenDate & { readonly number: number }>();
  let whole: GivenDate | null = null;
  for (const one of given) {
    if (one.part === "period") {
      if (typeof one.value !== "string" || !isIsoDay(one.value)) {
        return refused(one, { detail: `${one.name} is not a day.`, expected: `YYYY-MM-DD, as in ${next}` });
      }
      whole = one;
      continue;
    }
    const number = wholeNumber(one.value);
    const [least, most] = ranges[one.part];
    if (number === null || number < least || number > most) {
      const counted = one.part === "weekday" ? ", Monday = 0" : "";
      const expected = `a whole number from ${least} to ${most}${counted}`;
      return refused(one, { detail: `${one.name} is not a ${one.part}.`, expected });
    }
    parts.set(one.part, { ...one, number });
  }
  const named = namedDay(parts, { whole, next });
  if (!named.ok) return named;
  const { target, field } = named;
  for (const [part, one] of parts) {
    const expected = partOf(part, target);
    if (one.number === expected) continue;
    const detail = `${one.name} does not agree: ${target} has ${expected}${part === "weekday" ? " (Monday = 0)" : ""}.`;
    return refused(one, { detail, expected: String(expected) });
  }
  return { ok: true, target, field };
}

interface Named {
  readonly whole: GivenDate | null;
  readonly next: string;
}

function namedDay(
  parts: ReadonlyMap<DatePart, GivenDate & { readonly number: number }>,
  { whole, next }: Named,
): ReadTarget {
  if (whole !== null) return { ok: true, target: String(whole.value), field: periodField };
  const [year, month, day] = [parts.get("year"), parts.get("month"), parts.get("day")];
  if (year && month && day) {
    const target = isoDay(year.number, month.number, day.number);
    if (target !== null) return { ok: true, target, field: day.name };
    const found = `${year.number}-${month.number}-${day.number}`;
    return refused(
      { ...day, value: found },
      { detail: `There is no day ${found}.`, expected: "a day of the calendar" },
    );
  }
  for (const one of [year, month, day]) {
    if (one === undefined || one.part === "period" || one.number === partOf(one.part, next)) continue;
    return refused(one, {
      detail: `${one.name} is not that of the next period, ${next}. Name another period in full: year, month and day.`,
      expected: String(partOf(one.part, next)),
    });
  }
  return { ok: true, target: next, field: (day ?? month ?? year)?.name ?? null };
}

/** A part of a period's day; weekdays count from Monday = 0. */
export function partOf(part: DatePart, period: string): number {
  const day = dayOf(period);
  switch (part) {
    case "year":
      return Number(day.slice(0, 4));
    case "month":
      return Number(day.slice(5, 7));
    case "day":
      return Number(day.slice(8, 10));
    case "weekday":
      return isoWeekday(day) - 1;
  }
}

/** A whole number, also written as text. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isInteger(value) ? value : null;
  return typeof value === "string" && /^\s*\d{1,4}\s*$/.test(value) ? Number(value) : null;
}

function refused(
  { name, value }: Pick<GivenDate, "name" | "value">,
  { detail, expected }: { readonly detail: string; readonly expected: string },
): ReadTarget {
  return {
    ok: false,
    refusal: { kind: "unprocessable", detail, field: name, found: told(value), expected },
  };
}

/** What was found where a number is expected: text in quotes, so that "23.5" is told from 23.5. */
export function toldOfNumber(value: unknown): string {
  // JSON has no word for what is infinite, and would call it null.
  return told(typeof value === "number" ? String(value) : JSON.stringify(value));
}

/** What was found, for a refusal: text as it is, anything else as JSON. */
export function told(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
