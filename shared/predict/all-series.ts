/** `{"all": true}`: predictions for every series that can be forecast, in pieces of the size that one request may have. */
import type { Refusal } from "../api/problem.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { describeValue } from "./describe-value.ts";
import type { Row } from "./row.ts";
import type { Snapshot } from "./snapshot.ts";

export interface AllRequest {
  readonly kind: "all";
  /** How many series are skipped at the beginning. */
  readonly from: number;
}

export type ReadAll = Result<AllRequest, Refusal>;

/** Reads a body with `all`. Never throws. */
export function readAll({ all, from = 0, ...others }: Readonly<Record<string, unknown>>): ReadAll {
  const refuse = (field: string, found: unknown, expected: string): ReadAll => {
    const detail = `The field ${field} is not valid in a request for all series.`;
    return failure({ kind: "unprocessable", detail, field, found: describeValue(found), expected });
  };
  if (all !== true) return refuse("all", all, "true");
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(other, others[other], "only all, and from for a later piece");
  if (typeof from !== "number" || !Number.isInteger(from) || from < 0)
    return refuse("from", from, "a whole number from 0");
  return success({ kind: "all", from });
}

/**
 * Returns the rows of at most `count` series that have a last value, starting with number `from`. `next` is the number of
 * the next piece's first series; null if this is the last piece.
 */
export function allRows(
  { series, target }: Snapshot,
  { from, count }: { readonly from: number; readonly count: number },
): { readonly rows: readonly Row[]; readonly next: number | null } {
  const overrides = new Map<string, number | string>();
  const forecastable = series.flatMap(({ is, last }, position): Row[] =>
    last === null ? [] : [{ position, is, target, hypothetical: false, overrides }],
  );
  const next = from + count;
  return { rows: forecastable.slice(from, next), next: next < forecastable.length ? next : null };
}
