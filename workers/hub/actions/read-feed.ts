import type { FeedDetail } from "../../../shared/api/feeds.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listObservedSeries } from "../../../shared/db/series.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { describeFeed } from "./list-feeds.ts";
import { requireFeed } from "./require.ts";

/** Reads one feed with its series. */
export async function readFeed(
  fx: Pick<Hub, "db" | "now" | "variables">,
  id: string,
): Promise<Result<FeedDetail, Refusal>> {
  const feed = requireFeed(id);
  if (!feed.ok) return feed;
  const [described, series] = await Promise.all([
    describeFeed(fx, feed.value),
    listObservedSeries(fx.db, feed.value.id),
  ]);
  return success({ ...described, series: series.map(({ id, dimensions }) => ({ id, ...dimensions })) });
}
