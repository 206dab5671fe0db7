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
  /** Of the body; not checked yet. */
  readonly above?: unknown;
}

export type ReadAll = Result<AllRequest, Refusal>;

/** Reads a body with `all`. `above` is checked later, because it depends on the forecast. Never throws. */
export function readAll({ all, from = 0, above, ...others }: Readonly<Record<string, unknown>>): ReadAll {
  const refuse = (field: string, found: unknown, expected: string): ReadAll => {
    const detail = `The field ${field} is not valid in a request for all series.`;
    return failure({ kind: "unprocessable", detail, field, found: describeValue(found), expected });
  };
  if (all !== true) return refuse("all", all, "true");
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse(other, others[other], "only all, above, and from for a later piece");
  if (typeof from !== "number" || !Number.isInteger(from) || from < 0)
    return refuse("from", from, "a whole number from 0");
  return success({ kind: "all", from, above });
}

/**
 * Returns the rows of at most `count` series that have a last value, starting with number `from`. `next` is the number of
 * the next piece's first series; null if this is the last piece.
 */
export function allRows(
  { series, target }: Snapshot,
  { from, count, above }: { readonly from: number; readonly count: number; readonly above?: number | undefined },
): { readonly rows: readonly Row[]; readonly next: number | null } {
  const overrides = new Map<string, number | string>();
  const forecastable = series.flatMap(({ is, last }, position): Row[] =>
    last === null
      ? []
      : [{ position, is, target, hypothetical: false, overrides, ...(above !== undefined && { above }) }],
  );
  const next = from + count;
  return { rows: forecastable.slice(from, next), next: next < forecastable.length ? next : null };
}
