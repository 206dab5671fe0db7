/** Requests for all series (`{"all": true}`), answered in pieces of the maximum number of instances. */
import type { Refusal } from "../api/problem.ts";
import { describeValue } from "./describe-value.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

export interface AllRequest {
  readonly kind: "all";
  /** Number of series to skip. */
  readonly from: number;
}

export type ReadAll =
  | { readonly ok: true; readonly request: AllRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** Reads a body with `all`. Never throws. */
export function readAll({ all, from = 0, ...others }: Readonly<Record<string, unknown>>): ReadAll {
  const refuse = (field: string, found: unknown, expected: string): ReadAll => {
    const detail = `${field} is not allowed in a request for all series.`;
    return { ok: false, refusal: { kind: "unprocessable", detail, field, found: describeValue(found), expected } };
  };
  if (all !== true) return refuse("all", all, "true");
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(other, others[other], "only all and from");
  if (typeof from !== "number" || !Number.isInteger(from) || from < 0)
    return refuse("from", from, "a whole number from 0");
  return { ok: true, request: { kind: "all", from } };
}

/** Returns up to `count` rows of series with a last value, starting at number `from`, and the `from` of the next piece or null. */
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
