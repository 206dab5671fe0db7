/** Reads the target period of an instance from its date fields. */
import type { Refusal } from "../api/problem.ts";
import { type DatePart, namingParts, partOf, partRanges, periodOfParts } from "../forecasts/date-part.ts";
import { type Granularity, granularityOf, isPeriod, periodForms } from "../period.ts";
import { describeValue } from "./describe-value.ts";
import { periodField } from "./fields.ts";

export interface DateField {
  /** Name of the field in the request. */
  readonly name: string;
  readonly part: DatePart | "period";
  readonly value: unknown;
}

export type ReadTarget =
  | {
      readonly ok: true;
      readonly target: string /** The field that specifies it, or null. */;
      readonly field: string | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Returns the period that the fields specify, by default the next one. Parts may be omitted if the others match the next
 * period. Another period has to be specified in full, and a weekday has to match its day.
 */
export function readTarget(given: readonly DateField[], next: string): ReadTarget {
  const every = granularityOf(next) ?? "day";
  const parts = new Map<DatePart, GivenNumber>();
  let whole: DateField | null = null;
  for (const field of given) {
    if (field.part === "period") {
      if (typeof field.value !== "string" || !isPeriod(field.value, every)) {
        return refused(field, {
          detail: `${field.name} is not ${withArticle(every)}.`,
          expected: `${periodForms[every]}, as in ${next}`,
        });
      }
      whole = field;
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
    whole === null ? namedByParts(parts, every, next) : { ok: true, target: String(whole.value), field: periodField };
  return named.ok ? (disagreement(parts, named.target) ?? named) : named;
}

interface GivenNumber extends DateField {
  readonly number: number;
}

type Parts = ReadonlyMap<DatePart, GivenNumber>;

function namedByParts(parts: Parts, every: Granularity, next: string): ReadTarget {
  const naming = namingParts[every].flatMap((part) => parts.get(part) ?? []);
  const last = naming.at(-1);
  if (last && naming.length === namingParts[every].length) {
    const target = periodOfParts(every, new Map([...parts].map(([part, { number }]) => [part, number])));
    if (target !== null) return { ok: true, target, field: last.name };
    const found = naming.map(({ number }) => number).join("-");
    const expected = `${withArticle(every)} of the calendar`;
    return refused({ ...last, value: found }, { detail: `There is no ${every} ${found}.`, expected });
  }
  for (const field of naming) {
    if (field.part === "period" || field.number === partOf(field.part, next)) continue;
    const names = namingParts[every];
    const full = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    return refused(field, {
      detail: `${field.name} does not match the next period, ${next}. Specify another period in full: ${full}.`,
      expected: String(partOf(field.part, next)),
    });
  }
  return { ok: true, target: next, field: last?.name ?? null };
}

/** Returns a refusal for the first part that does not match the target, or null. */
function disagreement(parts: Parts, target: string): ReadTarget | null {
  for (const [part, field] of parts) {
    const expected = partOf(part, target);
    if (field.number === expected) continue;
    const detail = `${field.name} does not match ${target}, which has ${expected}${part === "weekday" ? " (Monday = 0)" : ""}.`;
    return refused(field, { detail, expected: String(expected) });
  }
  return null;
}

function withArticle(noun: string): string {
  return `${noun.startsWith("hour") ? "an" : "a"} ${noun}`;
}

/** Returns a whole number, also from text; else null. */
function wholeNumber(value: unknown): number | null {
  if (typeof value === "number") return Number.isInteger(value) ? value : null;
  return typeof value === "string" && /^\s*\d{1,4}\s*$/.test(value) ? Number(value) : null;
}

function refused(
  { name, value }: Pick<DateField, "name" | "value">,
  { detail, expected }: { readonly detail: string; readonly expected: string },
): ReadTarget {
  return {
    ok: false,
    refusal: { kind: "unprocessable", detail, field: name, found: describeValue(value), expected },
  };
}
