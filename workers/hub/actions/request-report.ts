import type { Refusal } from "../../../shared/api/problem.ts";
import type { ReportRequested } from "../../../shared/api/reports.ts";
import { findHistory } from "../../../shared/db/histories.ts";
import { newestRevision } from "../../../shared/db/reports.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { type RequestingHub, requestReport, startReport } from "../flows/request-report.ts";
import { requireForecast } from "./require.ts";

/**
 * Starts the report of the newest period. With the same data and the same champion it is the existing revision. Refuses a forecast
 * without observations.
 */
export async function requestReportNow(
  fx: RequestingHub,
  forecastId: string,
): Promise<Result<ReportRequested, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const origin = (await findHistory(fx.db, id))?.lastPeriod ?? null;
  const started = await requestReport(fx, forecast.value, "request");
  const existing = started === null && origin !== null ? await newestRevision(fx.db, id, origin) : null;
  const requested = started ?? (existing && (await startReport(fx, existing)));
  if (requested === null) {
    const detail = `${id} has no observations, so there is nothing to report. Ingest a publication first.`;
    return failure({ kind: "conflict", detail, found: "no observations", expected: "a publication" });
  }
  const { row, run } = requested;
  return success({
    flow: run.id,
    state: run.state,
    origin: row.origin,
    revision: row.revision,
    known: started === null,
  });
}
