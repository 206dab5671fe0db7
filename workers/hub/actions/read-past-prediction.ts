import type { PastPrediction } from "../../../shared/api/original-requests.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { findHeadline } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { readPredictions } from "../../../shared/track-record/published-prediction.ts";
import type { Hub } from "../hub.ts";
import { readBackfill } from "./read-backfill.ts";
import { requireForecast } from "./require.ts";

export interface PastPeriod {
  readonly forecast: string;
  readonly period: string;
}

/**
 * Reads the prediction of one period of a forecast of one series: as it was published before the period, or else from the
 * backfill. Refuses a period without one, and names the periods of the backfill.
 */
export async function readPastPrediction(
  hub: Pick<Hub, "db" | "lake">,
  { forecast: id, period }: PastPeriod,
): Promise<Result<PastPrediction, Refusal>> {
  const forecast = requireForecast(id);
  if (!forecast.ok) return forecast;
  const published = await readPublished(hub, forecast.value, period);
  if (published !== null) return success(published);
  const backfill = await readBackfill(hub, id);
  if (!backfill.ok) return backfill;
  const { predictions, version } = backfill.value;
  const found = predictions.find((one) => one.period === period);
  if (found) {
    const { prediction, trainedTo } = found;
    return success({ prediction, period, record: "backfill", trained_to: trainedTo, version });
  }
  const [first, last] = [predictions[0]?.period, predictions.at(-1)?.period];
  const detail = `There is no prediction of ${period}.`;
  const expected = first === undefined ? "a version with a backfill: train again" : `a period from ${first} to ${last}`;
  return failure({ kind: "not-found", detail, found: period, expected });
}

/** Reads the prediction that counts in the track record; null without one. */
async function readPublished(
  { db, lake }: Pick<Hub, "db" | "lake">,
  forecast: Forecast,
  period: string,
): Promise<PastPrediction | null> {
  const row = await findHeadline(db, forecast.id, period);
  const object = row?.predictions ? await lake.get(row.predictions) : null;
  if (object === null) return null;
  const [first] = await readPredictions(forecast, new Uint8Array(await object.arrayBuffer()), 1);
  const prediction = first?.median ?? first?.event ?? null;
  if (first === undefined || prediction === null) return null;
  return { prediction, period, record: "published", published_at: first.publishedAt, version: first.version };
}
