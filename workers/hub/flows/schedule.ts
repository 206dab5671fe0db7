import { requestFlow } from "../../../shared/db/flows.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";

/**
 * Starts one fetch for each feed and day, however often the day's cron fires. A feed without a base URL is not fetched. A
 * feed that cannot be started does not stop the others.
 */
export async function scheduleFetches(
  fx: Pick<Hub, "db" | "workflows" | "variables" | "boot" | "now">,
  feeds: readonly Feed[],
  scheduledAt: Date,
): Promise<void> {
  const failures: string[] = [];
  for (const feed of feeds) {
    if (fx.variables.baseUrl(feed) === "") continue;
    try {
      const params = { feed: feed.id, scheduledAt: scheduledAt.toISOString() };
      const key = `fetch:${feed.id}:${params.scheduledAt.slice(0, 10)}`;
      const at = { now: fx.now().toISOString(), boot: fx.boot };
      const { run } = await requestFlow(fx.db, { kind: "fetch", key, params }, at);
      if (run.state === "queued") await launch(fx, run);
    } catch (error) {
      failures.push(`${feed.id}: ${reasonOf(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`not every fetch was started: ${failures.join("; ")}`);
}
