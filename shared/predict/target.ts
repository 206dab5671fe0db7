/** Reads which period an instance asks for from the fields that name it. */
import type { Refusal } from "../api/problem.ts";
import { type DatePart, namingParts, partOf, partRanges, periodOfParts } from "../forecasts/date-part.ts";
import { type Granularity, granularityOf, isPeriod, periodForms } from "../period.ts";
import { describeValue } from "./describe-value.ts";
import { periodField } from "./fields.ts";

export interface DateField {
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

/**
 * Returns the period that the fields name: the next one unless they say otherwise. Parts may be left out where the others agree
 * with the next period; another one has to be named in full, and a weekday has to be that day's.
 */
export function readTarget(given: readonly DateField[], next: string): ReadTarget {
  const every = granularityOf(next) ?? "day";
  const parts = new Map<DatePart, GivenNumber>();
  let whole: DateField | null = null;
  for (const one of given) {
    if (one.part === "period") {
      if (typeof one.value !== "string" || !isPeriod(one.value, every)) {
        return refused(one, {
          detail: `${one.name} is not ${withArticle(every)}.`,
          expected: `${periodForms[every]}, as in ${next}`,
        });
      }
      whole = one;
      continue;
    }
    const number = wholeNumber(one.value);
    const [least, most] = partRanges[one.part];
    if (number === null || number < least || number > most) {
      const counted = one.part === "weekday" ? ", Monday = 0" : "";
      const expected = `a whole number from ${least} to ${most}${counted}`;
      return refused(one, { detail: `${one.name} is not ${withArticle(one.part)}.`, expected });
    }
    parts.set(one.part, { ...one, number });
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
  for (const one of naming) {
    if (one.part === "period" || one.number === partOf(one.part, next)) continue;
    const names = namingParts[every];
    const full = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
    return refused(one, {
      detail: `${one.name} is not that of the next period, ${next}. Name another period in full: ${full}.`,
      expected: String(partOf(one.part, next)),
    });
  }
  return { ok: true, target: next, field: last?.name ?? null };
}

/** Returns the refusal of the first part that is not that of the target; null where all agree. */
function disagreement(parts: Parts, target: string): ReadTarget | null {
  for (const [part, one] of parts) {
    const expected = partOf(part, target);
    if (one.number === expected) continue;
    const detail = `${one.name} does not agree: ${target} has ${expected}${part === "weekday" ? " (Monday = 0)" : ""}.`;
    return refused(one, { detail, expected: String(expected) });
  }
  return null;
}

function withArticle(noun: string): string {
  return `${noun.startsWith("hour") ? "an" : "a"} ${noun}`;
}

/** A whole number, also written as text. */
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
