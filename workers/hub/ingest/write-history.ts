/** KV `history:<forecast>`: rebuilt from the database, so that what is served is what was recorded. */
import { buildHistory } from "../../../shared/api/history.ts";
import { factsOfForecast } from "../../../shared/db/history.ts";
import { keepTurn } from "../../../shared/db/turns.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { granularityOfFeed } from "../../../shared/feeds/index.ts";
import { forecastsFedBy } from "../../../shared/forecasts/index.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import type { Hub } from "../hub.ts";

/** Rewrites after being overtaken are rare; more than a few in a row mean that something else is wrong. */
const rewritesMax = 5;

/** Returns the keys that changed. Text that is already there is not written again: KV takes one write a second a key. */
export async function writeHistories(hub: Hub, feed: Feed, fence: number): Promise<string[]> {
  const changed: string[] = [];
  for (const forecast of forecastsFedBy(feed.id)) {
    const key = historyKey(forecast.id);
    const build = async () => {
      const facts = await factsOfForecast(hub.db, forecast, granularityOfFeed);
      return JSON.stringify(buildHistory(forecast, facts));
    };
    let text = await build();
    if ((await hub.snapshots.get(key)) === text) continue;
    changed.push(key);
    for (let writes = 1; ; writes++) {
      await hub.snapshots.put(key, text);
      if (await keepTurn(hub.db, feed.id, fence, hub.now())) break;
      // A run that took the turn may have written before us: write what the database says now.
      const latest = await build();
      if (latest === text || writes === rewritesMax) break;
      text = latest;
    }
  }
  return changed;
}
