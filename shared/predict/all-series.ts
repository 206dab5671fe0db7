/** `{"all": true}`: every series that can be forecast, in pieces of as many as one request may hold. */
import type { Refusal } from "../api/problem.ts";
import { describeValue } from "./describe-value.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

export interface AllRequest {
  readonly kind: "all";
  /** How many series are left out at the beginning. */
  readonly from: number;
}

export type ReadAll =
  | { readonly ok: true; readonly request: AllRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** What a body with `all` asks for. Never throws. */
export function readAll({ all, from = 0, ...others }: Readonly<Record<string, unknown>>): ReadAll {
  const refuse = (field: string, found: unknown, expected: string): ReadAll => {
    const detail = `${field} cannot stand so in a request for all series.`;
    return { ok: false, refusal: { kind: "unprocessable", detail, field, found: describeValue(found), expected } };
  };
  if (all !== true) return refuse("all", all, "true");
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(other, others[other], "all, and from where more are wanted");
  if (typeof from !== "number" || !Number.isInteger(from) || from < 0)
    return refuse("from", from, "a whole number from 0");
  return { ok: true, request: { kind: "all", from } };
}

/** At most `count` of the series with a last value from number `from` on, and the number of the next piece's first; null where it is the last. */
export function allRows(
  { series, target }: Snapshot,
  { from, count }: { readonly from: number; readonly count: number },
): { readonly rows: readonly Row[]; readonly next: number | null } {
  const overrides = new Map<string, number | string>();
  const known = series.flatMap(({ is, last }, position): Row[] =>
    last === null ? [] : [{ position, is, target, hypothetical: false, overrides }],
  );
  const next = from + count;
  return { rows: known.slice(from, next), next: next < known.length ? next : null };
}
