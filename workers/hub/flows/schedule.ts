import { requestFlow } from "../../../shared/db/flows.ts";
import { baseUrlOf, type Feed } from "../../../shared/feeds/feed.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";
import { reasonOf } from "./reason.ts";

/**
 * One fetch a feed and day, however often the day's cron fires. A feed without a base URL is taken by upload alone; one
 * that cannot be started does not stop the next.
 */
export async function scheduleFetches(hub: Hub, feeds: readonly Feed[], scheduledAt: Date): Promise<void> {
  const failures: string[] = [];
  for (const feed of feeds) {
    if (baseUrlOf(feed, hub.variable) === "") continue;
    try {
      const params = { feed: feed.id, scheduledAt: scheduledAt.toISOString() };
      const key = `fetch:${feed.id}:${params.scheduledAt.slice(0, 10)}`;
      const at = { now: hub.now().toISOString(), boot: hub.boot };
      const { run } = await requestFlow(hub.db, { kind: "fetch", key, params }, at);
      if (run.state === "queued") await launch(hub, run);
    } catch (error) {
      failures.push(`${feed.id}: ${reasonOf(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`not every fetch was started: ${failures.join("; ")}`);
}
