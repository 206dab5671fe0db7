/** The job of every quarter of an hour: starts the reports, editions and messages that are due, and continues what stopped. */

import { findEdition } from "../../shared/db/editions.ts";
import { requestFlow } from "../../shared/db/flows.ts";
import { findHistory } from "../../shared/db/histories.ts";
import { listFailedAfterPublishing, listUnfinishedReports } from "../../shared/db/reports.ts";
import { editionDayAt, editionOf } from "../../shared/forecasts/edition.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { dayMs, hourMs, minuteMs } from "../../shared/lib/durations.ts";
import { settleAll } from "../../shared/lib/settle-all.ts";
import { editionFlowKey, reportFlowKey } from "../../shared/reports/keys.ts";
import { restart } from "./actions/restart.ts";
import { launch } from "./flows/launch.ts";
import { type RequestingHub, requestReport, startReport } from "./flows/request-report.ts";
import { type DeliverEffects, deliverDue } from "./outbox/deliver.ts";

/** An edition waits at most so long for a report that is being made. */
const waitMaxMs = hourMs;

/** Older reports are no news: their messages are not sent any more. */
const messagesMaxAgeMs = dayMs;

/** The time between two ticks. */
const tickMs = 15 * minuteMs;

type TickEffects = RequestingHub & DeliverEffects;

/**
 * Runs every job of a tick. Continues after a failure. The error names all failed jobs.
 * @param at the scheduled time, which decides whether an edition is due
 */
export async function runTick(fx: TickEffects, forecasts: readonly Forecast[], at: Date): Promise<void> {
  await settleAll([
    ["continue reports", () => continueReports(fx)],
    ...forecasts.map((forecast) => [`report ${forecast.id}`, () => tickForecast(fx, forecast, at)] as const),
    ["deliver messages", () => deliverDue(fx)],
  ]);
}

/**
 * Starts the reports whose flow was never requested, and again those whose flow failed, also if only its messages are missing.
 * Continues after a failure.
 */
async function continueReports(fx: RequestingHub): Promise<void> {
  const since = new Date(fx.now().getTime() - messagesMaxAgeMs).toISOString();
  const rows = [...(await listUnfinishedReports(fx.db)), ...(await listFailedAfterPublishing(fx.db, since))];
  await settleAll(rows.map((row) => [reportFlowKey(row), () => startReport(fx, row)] as const));
}

/** Requests the report that is due, and starts the edition of the day once no report is being made. */
async function tickForecast(fx: RequestingHub, forecast: Forecast, scheduledAt: Date): Promise<void> {
  const { db } = fx;
  const now = fx.now();
  const date = editionDayAt(editionOf(forecast), scheduledAt);
  const isDue = date !== null && (await isEditionDue(fx, forecast.id, date));
  await requestReport(fx, forecast, isDue ? "edition" : "data");
  if (!isDue) return;
  const unfinished = (await listUnfinishedReports(db)).filter((row) => row.forecast === forecast.id);
  const isWaiting = unfinished.some(({ requestedAt }) => now.getTime() - Date.parse(requestedAt) < waitMaxMs);
  const next = new Date(scheduledAt.getTime() + tickMs);
  // On another day this edition would not be due any more.
  if (isWaiting && editionDayAt(editionOf(forecast), next) === date) return;
  const at = { now: now.toISOString(), boot: fx.boot };
  const flow = { kind: "edition", key: editionFlowKey(forecast.id, date), params: { forecast: forecast.id, date } };
  const { run } = await requestFlow(db, flow, at);
  if (run.state === "queued") await launch(fx, run);
  if (run.state === "failed") await restart(fx, run, { from: ["failed"], params: {} });
}

/** Returns whether a forecast with data has no edition of a day yet. */
async function isEditionDue({ db }: RequestingHub, forecast: string, date: string): Promise<boolean> {
  return (await findHistory(db, forecast)) !== null && (await findEdition(db, forecast, date)) === null;
}
