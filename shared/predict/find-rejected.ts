/** Finds the rows that a model rejects, if it rejects a batch. */
import { failure, type Result, success } from "../lib/result.ts";
import type { Engine } from "./engines.ts";

export interface EvaluationFailure {
  readonly reason: string;
  /** True if the model rejects a row of the batch; false if the engine is unavailable. */
  readonly isRows: boolean;
}

/** A row that the model rejects. */
export interface RejectedRow {
  /** Position among the rows of the batch. */
  readonly at: number;
  readonly reason: string;
}

export interface RejectedBatch {
  /** Number of rows. */
  readonly count: number;
  /** Most runs of the model. Rows of a part that is still failing after them are rejected together. */
  readonly runsMax: number;
  /** Maximum number of rejected rows to find. By default all. */
  readonly rejectedMax?: number;
  /** Runs rows `from` to `to` (excluded) as one batch. */
  run(from: number, to: number): Promise<Result<null, EvaluationFailure>>;
}

/** Cloudflare allows 32 calls of another Worker per request: some remain for the batch itself and for the rows that are left. */
const remoteRunsMax = 24;

export function runsMaxOf({ name }: Pick<Engine, "name">): number {
  return name === "tabular" ? Number.POSITIVE_INFINITY : remoteRunsMax;
}

/**
 * Finds rejected rows by bisection, in ascending order. Expects that the whole batch was rejected with `reason`, and that a model
 * accepts or rejects each row independently of the others. Fails if the engine becomes unavailable. O(rejected × log(count)) runs.
 */
export async function findRejected(
  reason: string,
  { count, runsMax, rejectedMax = Number.POSITIVE_INFINITY, run }: RejectedBatch,
): Promise<Result<readonly RejectedRow[], EvaluationFailure>> {
  const rejected: RejectedRow[] = [];
  const failing: FailingPart[] = [{ from: 0, to: count, reason }];
  let runsLeft = runsMax;
  /** Returns why the model rejects a part; null if it accepts the part. */
  const rejectionOf = async (from: number, to: number): Promise<Result<string | null, EvaluationFailure>> => {
    runsLeft--;
    const result = await run(from, to);
    if (result.ok) return success(null);
    return result.error.isRows ? success(result.error.reason) : failure(result.error);
  };
  for (let part = failing.pop(); part !== undefined && rejected.length < rejectedMax; part = failing.pop()) {
    const { from, to } = part;
    if (to - from === 1 || runsLeft < 2) {
      for (let at = from; at < to; at++) rejected.push({ at, reason: part.reason });
      continue;
    }
    const middle = (from + to) >> 1;
    const first = await rejectionOf(from, middle);
    if (!first.ok) return first;
    // If the model accepts the first half, it rejects the second one.
    const second = first.value === null ? success(part.reason) : await rejectionOf(middle, to);
    if (!second.ok) return second;
    if (second.value !== null) failing.push({ from: middle, to, reason: second.value });
    if (first.value !== null) failing.push({ from, to: middle, reason: first.value });
  }
  return success(rejected);
}

/** Rows `from` to `to` (excluded), which the model rejects as one batch. */
interface FailingPart {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}
