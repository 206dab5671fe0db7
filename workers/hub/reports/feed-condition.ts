/** Whether a feed is up to date for a forecast, and whether its data is simulated. */
import { newestPeriods } from "../../../shared/db/history.ts";
import { hasSyntheticFile } from "../../../shared/db/ingests.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { isLoopback } from "../../../shared/lib/loopback.ts";
import { type OverdueSource, overdueSources } from "../../../shared/sources/overdue-sources.ts";
import type { Hub } from "../hub.ts";

/** Returns the sources of a forecast whose newest values are missing. */
export async function overdueNow({ db, now }: Pick<Hub, "db" | "now">, forecast: Forecast): Promise<OverdueSource[]> {
  return overdueSources(forecast, await newestPeriods(db, forecast), now().toISOString().slice(0, 10));
}

/**
 * Returns whether a feed contains simulated data: it was fetched from this machine, or a file in use
 * states that its data is synthetic.
 * @param lastSuccessAt the last successful fetch; null if nothing was fetched
 */
export async function isSimulated(
  { db, variables }: Pick<Hub, "db" | "variables">,
  feed: Feed,
  lastSuccessAt: string | null,
): Promise<boolean> {
  const base = variables.baseUrl(feed);
  if (lastSuccessAt !== null && URL.canParse(base) && isLoopback(new URL(base).hostname)) return true;
  return hasSyntheticFile(db, feed.id);
}
