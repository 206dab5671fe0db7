import type { FeedAnswer, FeedList } from "../../../shared/api/feeds.ts";
import { feedState } from "../../../shared/db/feeds.ts";
import { countObservations } from "../../../shared/db/observations.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { feeds } from "../../../shared/feeds/index.ts";
import { forecasts } from "../../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { describeOverdueSource } from "../../../shared/sources/overdue-sources.ts";
import type { Hub } from "../hub.ts";
import { isSimulated, overdueNow } from "../reports/feed-condition.ts";

type Overdue = FeedAnswer["overdue"][number];

/** Lists every feed of the catalogue with the counts of its stored data, its last success, and the values that are missing. */
export async function listFeeds(fx: Pick<Hub, "db" | "now" | "variables">): Promise<FeedList> {
  const overdue = await overdueOf(fx, feeds);
  return { feeds: await Promise.all(feeds.map((feed) => describe(fx, feed, overdue))) };
}

/** Describes one feed as the list does. */
export async function describeFeed(fx: Pick<Hub, "db" | "now" | "variables">, feed: Feed): Promise<FeedAnswer> {
  return describe(fx, feed, await overdueOf(fx, [feed]));
}

/** Returns the missing values by feed, for every forecast that reads one of these feeds. */
async function overdueOf(fx: Pick<Hub, "db" | "now">, of: readonly Feed[]): Promise<ReadonlyMap<string, Overdue[]>> {
  const ids = new Set(of.map(({ id }) => id));
  const readers = forecasts.filter((forecast) => feedIdsOf(forecast).some((id) => ids.has(id)));
  const found = await Promise.all(
    readers.map(async (forecast) =>
      (await overdueNow(fx, forecast)).map((source) => {
        const { feed, state, last, since } = source;
        return { feed, entry: { forecast: forecast.id, state, last, since, meaning: describeOverdueSource(source) } };
      }),
    ),
  );
  return new Map(
    [...Map.groupBy(found.flat(), ({ feed }) => feed)].map(([feed, all]) => [feed, all.map(({ entry }) => entry)]),
  );
}

async function describe(
  { db, variables }: Pick<Hub, "db" | "variables">,
  feed: Feed,
  overdue: ReadonlyMap<string, Overdue[]>,
): Promise<FeedAnswer> {
  const [{ cursor, etag, lastSuccessAt }, counts] = await Promise.all([
    feedState(db, feed.id),
    countObservations(db, feed),
  ]);
  const simulated = await isSimulated({ db, variables }, feed, lastSuccessAt);
  const { id, title, publisher, homepage, dimensions, variables: names, place, granularity, partitionBy } = feed;
  const { breaks = [], personal } = feed;
  const optional = { ...(place && { place }), ...(personal && { personal }) };
  const about = { id, title, publisher, homepage, dimensions, variables: names, ...optional };
  const state = { cursor, etag, lastSuccessAt, overdue: overdue.get(id) ?? [], ...(simulated && { simulated }) };
  return { ...about, granularity, breaks, partitionBy, ...counts, ...state };
}
