/** When a report is due. */
import type { ReportReason } from "../api/report-states.ts";

/** What a report would read, and the newest revision for the same origin. */
export interface ReportState {
  /** Number of the history. */
  readonly history: number;
  /** Number of the champion's change; 0 without a champion. */
  readonly change: number;
  readonly newest: { readonly history: number; readonly change: number } | null;
  /** Feeds without the period that the report reads. */
  readonly behind: readonly string[];
}

/** `data`: an ingest or the cron tick. `edition`: the hour of the daily edition. `request`: a person. */
export type ReportTrigger = "data" | "edition" | "request";

/**
 * Returns why a report is due, or null if it is not.
 *
 * A new period is reported once every source has its part. A source that is late delays the report until the next daily edition,
 * which reports without it. Without a champion only editions and people start a report: the ingests of a first start would
 * otherwise publish a report without predictions for each. Later data or another champion gives the same origin a new revision.
 */
export function reasonToReport(
  { history, change, newest, behind }: ReportState,
  trigger: ReportTrigger,
): ReportReason | null {
  if (newest !== null) {
    if (history > newest.history) return "correction";
    return change > newest.change ? "champion" : null;
  }
  if (trigger === "request") return "request";
  if (change > 0 && behind.length === 0) return "publication";
  return trigger === "edition" ? "edition" : null;
}
