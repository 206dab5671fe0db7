/**
 * Receives reports of predict about champions that it cannot load. The hub checks the champion thoroughly, and another version
 * becomes champion if it cannot run. If the hub can run it, the report is recorded, so that what the hub states is true.
 */
import { readServingReport, type ServingReport } from "../../../shared/api/serving-report.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { deleteLoadFailure, saveLoadFailure } from "../../../shared/db/load-failures.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { PreparingHub } from "./prepare-serving.ts";
import { repairPointers } from "./repair-pointers.ts";

/** Delay before a report is read again, if D1 or R2 failed. */
const retrySeconds = 30;

type Message = Pick<globalThis.Message, "body" | "ack" | "retry">;

interface Delivered {
  readonly report: ServingReport;
  readonly message: Message;
}

/** Returns the messages that are reports, with their content. */
export function reportsIn<M extends Message>(messages: readonly M[]): { readonly report: ServingReport; message: M }[] {
  return messages.flatMap((message) => {
    const report = readServingReport(message.body);
    return report === null ? [] : [{ report, message }];
  });
}

/** Handles the newest report of each forecast. Never throws: a report is retried if D1 or R2 fails. */
export async function receiveReports(hub: PreparingHub, delivered: readonly Delivered[]): Promise<void> {
  const byForecast = Map.groupBy(delivered, ({ report }) => report.forecast);
  for (const all of byForecast.values()) {
    const newest = all.reduce((a, b) => (b.report.at > a.report.at ? b : a));
    try {
      await receive(hub, newest.report);
      for (const { message } of all) message.ack();
    } catch (error) {
      console.error(`report about ${newest.report.forecast}: ${reasonOf(error)}`);
      for (const { message } of all) message.retry({ delaySeconds: retrySeconds });
    }
  }
}

async function receive(hub: PreparingHub, report: ServingReport): Promise<void> {
  const { forecast: id, number, champion, served, reason, at } = report;
  const forecast = findForecast(id);
  if (forecast === undefined) return;
  if (reason === null) return deleteLoadFailure(hub.db, id, at);
  if ((await findChampion(hub.db, id))?.number !== number) return;
  await repairPointers(hub, [forecast], { isThorough: true });
  if ((await findChampion(hub.db, id))?.number !== number) return;
  await saveLoadFailure(hub.db, { forecast: id, number, served, reason, at });
  console.error(
    `${id}: predict cannot load ${champion} and answers with ${served ?? "nothing"}: ${reason}. The hub found no version to replace it. Deploy predict with the code of the hub.`,
  );
}
