import { fetchKey } from "../../../shared/api/flow-keys.ts";
import { requestFlow } from "../../../shared/db/flows.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";

/**
 * Starts one fetch for each feed and day. Idempotent: a second cron event of the day starts nothing. Skips feeds
 * without a base URL. Continues with the other feeds after an error.
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
      const key = fetchKey(feed.id, params.scheduledAt.slice(0, 10));
      const at = { now: fx.now().toISOString(), boot: fx.boot };
      const { run } = await requestFlow(fx.db, { kind: "fetch", key, params }, at);
      if (run.state === "queued") await launch(fx, run);
    } catch (error) {
      failures.push(`${feed.id}: ${reasonOf(error)}`);
    }
  }
  if (failures.length > 0) throw new Error(`could not start every fetch: ${failures.join("; ")}`);
}
