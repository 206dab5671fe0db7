/** Reads the target period of an instance from the fields that name it. */
import type { Refusal } from "../api/problem.ts";
import { type DatePart, namingParts, partOf, partRanges, periodOfParts } from "../forecasts/date-part.ts";
import { withoutMidnight } from "../lib/calendar.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { type Granularity, granularityOf, isPeriod, periodForms } from "../period.ts";
import { describeValue } from "./describe-value.ts";
import { periodField } from "./fields.ts";

export interface DateField {
  /** The name of the field. */
  readonly name: string;
  readonly part: DatePart | "period";
  readonly value: unknown;
}

export interface NamedTarget {
  readonly target: string;
  /** The field that names it; null if the next period is the default. */
  readonly field: string | null;
}

export type ReadTarget = Result<NamedTarget, Refusal>;

/**
 * Returns the period that the fields name, by default the next one. Parts may be missing if the others agree with the next
 * period. Another period must be named in full, and a weekday must agree with the date.
 */
export function readTarget(fields: readonly DateField[], next: string): ReadTarget {
  if (fields.length === 0) return success({ target: next, field: null });
  const every = granularityOf(next) ?? "day";
  const parts = new Map<DatePart, DatePartField>();
  let period: DateField | null = null;
  for (const field of fields) {
    if (field.part === "period") {
      const stated = typeof field.value === "string" ? statedPeriod(field.value, every) : "";
      if (!isPeriod(stated, every)) {
        return refused(field, {
          detail: `${field.name} is not ${withArticle(every)}.`,
          expected: `${periodForms[every]}, as in ${next}`,
        });
      }
      period = { ...field, value: stated };
      continue;
    }
    const number = wholeNumber(field.value);
    const [least, most] = partRanges[field.part];
    if (number === null || number < least || number > most) {
      const counted = field.part === "weekday" ? ", Monday = 0" : "";
      const expected = `a whole number from ${least} to ${most}${counted}`;
      return refused(field, { detail: `${field.name} is not ${withArticle(field.part)}.`, expected });
    }
    parts.set(field.part, { ...field, number });
  }
  const named: ReadTarget =
    period === null ? namedByParts(parts, every, next) : success({ target: String(period.value), field: periodField });
  return named.ok ? (disagreement(parts, named.value.target) ?? named) : named;
}

interface DatePartField extends DateField {
  readonly number: number;
}

type Parts = ReadonlyMap<DatePart, DatePartField>;

function namedByParts(parts: Parts, every: Granularity, next: string): ReadTarget {
  const naming = namingParts[every].flatMap((part) => parts.get(part) ?? []);
  const last = naming.at(-1);
  if (last && naming.length === namingParts[every].length) {
    const target = periodOfParts(every, new Map([...parts].map(([part, { number }]) => [part, number])));
    if (target !== null) return success({ target, field: last.name });
    const found = naming.map(({ number }) => number).join("-");
    const expected = `${withArticle(every)} of the calendar`;
    return refused({ ...last, value: found }, { detail: `The ${every} ${found} does not exist.`, expected });
  }
  for (const field of naming) {
    if (field.part === "period" || field.number === partOf(field.part, next)) continue;
    const names = namingParts[every];
    const full = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    return refused(field, {
      detail: `${field.name} does not agree with the next period, ${next}. To name another period, state ${full}.`,
      expected: String(partOf(field.part, next)),
    });
  }
  return success({ target: next, field: last?.name ?? null });
}

/** Returns the refusal of the first part that differs from the target's; null if all agree. */
function disagreement(parts: Parts, target: string): ReadTarget | null {
  for (const [part, field] of parts) {
    const expected = partOf(part, target);
    if (field.number === expected) continue;
    const counted = part === "weekday" ? " (Monday = 0)" : "";
    const detail = `${field.name} does not agree with ${target}, which has ${expected}${counted}.`;
    return refused(field, { detail, expected: String(expected) });
  }
  return null;
}

/** Removes the time of midnight from a day. Returns any other text unchanged. */
function statedPeriod(text: string, every: Granularity): string {
  return every === "day" ? withoutMidnight(text) : text;
}

function withArticle(noun: string): string {
  return `${noun.startsWith("hour") ? "an" : "a"} ${noun}`;
}

/** Returns a whole number, or one written as text with at most four digits; null for any other value. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isInteger(value) ? value : null;
  return typeof value === "string" && /^\s*\d{1,4}\s*$/.test(value) ? Number(value) : null;
}

function refused(
  { name, value }: Pick<DateField, "name" | "value">,
  { detail, expected }: { readonly detail: string; readonly expected: string },
): ReadTarget {
  return failure({ kind: "unprocessable", detail, field: name, found: describeValue(value), expected });
}
