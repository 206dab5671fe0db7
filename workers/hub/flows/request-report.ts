/** Requests the report of a forecast, if one is due. */
import { findChampion } from "../../../shared/db/champions.ts";
import { type FlowRun, requestFlow, requeueFlow } from "../../../shared/db/flows.ts";
import { findHistory } from "../../../shared/db/histories.ts";
import { newestPeriods } from "../../../shared/db/history.ts";
import { newestRevision, type ReportRow, requestRevision } from "../../../shared/db/reports.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { type ReportTrigger, reasonToReport } from "../../../shared/reports/is-due.ts";
import { reportFlowKey } from "../../../shared/reports/keys.ts";
import { feedsBehind } from "../../../shared/sources/overdue-sources.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";

export type RequestingHub = Pick<Hub, "db" | "workflows" | "boot" | "now">;

export interface RequestedReport {
  readonly row: ReportRow;
  readonly run: FlowRun;
}

/**
 * Records and starts the report that is due. Returns null if none is due. Idempotent: the same data and the same champion are the
 * same revision for every trigger.
 */
export async function requestReport(
  fx: RequestingHub,
  forecast: Forecast,
  trigger: ReportTrigger,
): Promise<RequestedReport | null> {
  const { db } = fx;
  const [history, champion] = await Promise.all([findHistory(db, forecast.id), findChampion(db, forecast.id)]);
  if (history === null || history.lastPeriod === null) return null;
  const { number, lastPeriod: origin } = history;
  const change = champion?.number ?? 0;
  const newest = await newestRevision(db, forecast.id, origin);
  const behind = newest === null ? feedsBehind(forecast, origin, await newestPeriods(db, forecast)) : [];
  const reason = reasonToReport({ history: number, change, newest, behind }, trigger);
  if (reason === null) return null;
  const at = fx.now().toISOString();
  return startReport(
    fx,
    await requestRevision(db, { forecast: forecast.id, origin, history: number, change, reason, at }),
  );
}

/**
 * Starts the flow of a recorded revision, unless it has one. A flow that failed before its report was published, for example while
 * pages was down, starts again. One that failed afterwards starts again to queue its messages.
 */
export async function startReport(fx: RequestingHub, row: ReportRow): Promise<RequestedReport> {
  const { forecast, origin, revision, state } = row;
  const at = { now: fx.now().toISOString(), boot: fx.boot };
  const flow = { kind: "report", key: reportFlowKey(row), params: { forecast, origin, revision } };
  const { run: known } = await requestFlow(fx.db, flow, at);
  const canContinue = state === "requested" || state === "predicted" || state === "published";
  const again = canContinue && known.state === "failed" ? await requeueFlow(fx.db, known.id, ["failed"], at) : null;
  const run = again ?? known;
  if (run.state === "queued") await launch(fx, run);
  return { row, run };
}
