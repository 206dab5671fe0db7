/** The last step of the flows that change the facts of a feed. */
import type { HistoryStats } from "../../../shared/api/flow-stats.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { forecastsFedBy } from "../../../shared/forecasts/index.ts";
import { type HistoryEffects, readHistoryNumbers, writeHistories } from "../ingest/write-history.ts";
import type { Lease } from "./with-lease.ts";

export interface HistoriesWritten extends HistoryStats {
  /** How many histories changed in KV. */
  readonly keysWritten: number;
}

/** Writes the histories of the forecasts that read a feed. Returns null once another run has taken the lease. */
export function historyStep(fx: HistoryEffects, lease: Lease, { id }: Feed): Promise<HistoriesWritten | null> {
  return lease.step("history", async () => {
    await lease.check();
    const fed = forecastsFedBy(id);
    const keysWritten = (await writeHistories(fx, fed)).length;
    return { keysWritten, histories: await readHistoryNumbers(fx, fed) };
  });
}
