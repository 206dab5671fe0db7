import type { BackfillAnswer } from "../../../shared/api/backfills.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { readBackfill } from "./read-backfill.ts";

export interface PastPeriod {
  readonly forecast: string;
  readonly period: string;
}

/** Reads the prediction of one past period. Refuses a period without one, and names the periods that have one. */
export async function readPastPrediction(
  hub: Pick<Hub, "db" | "lake">,
  { forecast, period }: PastPeriod,
): Promise<Result<Pick<BackfillAnswer, "version"> & BackfillAnswer["predictions"][number], Refusal>> {
  const backfill = await readBackfill(hub, forecast);
  if (!backfill.ok) return backfill;
  const { predictions, version } = backfill.value;
  const found = predictions.find((one) => one.period === period);
  if (found) return success({ version, ...found });
  const [first, last] = [predictions[0]?.period, predictions.at(-1)?.period];
  const detail = `There is no prediction of ${period}.`;
  const expected = first === undefined ? "a version with a backfill: train again" : `a period from ${first} to ${last}`;
  return failure({ kind: "not-found", detail, found: period, expected });
}
