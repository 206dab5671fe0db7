/** Records the predictions of periods that were published together with a later one, so that they have no report. */
import {
  findReport,
  lastRecordedOrigin,
  markOvertaken,
  markRecorded,
  type ReportRow,
  requestRevision,
} from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { eventsRuleOf } from "../../../shared/forecasts/source.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { needsOf } from "../ingest/write-history.ts";
import { answerOrigin, loadModels, storeOrigin } from "./answer-origin.ts";
import type { PredictingHub } from "./predict-revision.ts";
import { historyUntil, readHistory } from "./read-history.ts";

/** Most periods that are recorded at once; older ones have no record. */
const catchUpMax = 60;

/**
 * Returns the periods between the last recorded origin and that of a report, oldest first; none before the first report. Events have
 * none: a prediction is that of the last event of its series, so the days between two files would repeat the predictions of one.
 */
export async function listCatchUps(hub: PredictingHub, forecast: Forecast, row: ReportRow): Promise<string[]> {
  const { origin } = row;
  if (eventsRuleOf(forecast) !== null) return [];
  // Without a prediction of the newest period, earlier ones have none either.
  const predicted = await findReport(hub.db, row);
  const recorded = !predicted?.predictions ? null : await lastRecordedOrigin(hub.db, forecast.id, origin);
  const current = recorded === null ? null : await readHistory(hub, forecast);
  if (recorded === null || current === null) return [];
  return current.history.periods.filter((period) => period > recorded && period < origin).slice(-catchUpMax);
}

export interface CatchUpRecord {
  readonly predictions: number;
}

/** Predicts one earlier period with the values up to it, and records that the predictions were made later. */
export async function recordCatchUp(
  hub: PredictingHub,
  forecast: Forecast,
  { row, origin }: { readonly row: ReportRow; readonly origin: string },
): Promise<CatchUpRecord> {
  const { history: number, change } = row;
  const now = hub.now();
  const at = now.toISOString();
  const wanted = { forecast: forecast.id, origin, history: number, change, reason: "catch-up", at } as const;
  const record = await requestRevision(hub.db, wanted);
  if (record.state !== "requested") return { predictions: 0 };
  const history = await historyUntil(hub, await needsOf(hub, forecast), origin);
  const digest = sha256Hex(JSON.stringify(history));
  const models = await loadModels(hub, forecast);
  const answered = models?.ok ? await answerOrigin(models.value, { history, digest, number, now }) : models;
  if (!answered?.ok) {
    await markOvertaken(hub.db, record);
    return { predictions: 0 };
  }
  const { answer, parts } = answered.value;
  const { file, count } = await storeOrigin(hub, forecast, { key: record, parts });
  const { version } = answer.model;
  await markRecorded(hub.db, record, { version, target: answer.target_period, predictions: file, at });
  return { predictions: count };
}
