import type { FeedAnswer, FeedList } from "../../../shared/api/feeds.ts";
import { feedState } from "../../../shared/db/feeds.ts";
import { countObservations } from "../../../shared/db/observations.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { feeds } from "../../../shared/feeds/index.ts";
import type { Hub } from "../hub.ts";

/** Lists every feed of the catalogue with the counts of its stored data and its last success. */
export async function listFeeds(fx: Pick<Hub, "db">): Promise<FeedList> {
  return { feeds: await Promise.all(feeds.map((feed) => describeFeed(fx, feed))) };
}

export async function describeFeed({ db }: Pick<Hub, "db">, feed: Feed): Promise<FeedAnswer> {
  const [{ cursor, etag, lastSuccessAt }, counts] = await Promise.all([
    feedState(db, feed.id),
    countObservations(db, feed),
  ]);
  const { id, title, publisher, homepage, dimensions, variables, place, granularity, partitionBy } = feed;
  const { breaks = [], personal } = feed;
  const optional = { ...(place && { place }), ...(personal && { personal }) };
  const about = { id, title, publisher, homepage, dimensions, variables, ...optional };
  return { ...about, granularity, breaks, partitionBy, ...counts, cursor, etag, lastSuccessAt };
}
