/** Reads from the hub what a report states about its feeds: freshness, rejected values and held publications. */
import type { Missing, ReportFeed } from "../shared/api/report-model.ts";
import type { Feed } from "../shared/feeds/feed.ts";
import type { Forecast } from "../shared/forecasts/forecast.ts";
import { targetSourceOf } from "../shared/forecasts/source.ts";
import { describeFeed } from "../shared/reports/describe-feed.ts";
import { ApiRefusal, type Hub } from "./hub.ts";
import { feedsOf } from "./known.ts";

/** Returns one entry for each feed of a forecast. Parts that require the administrator's token are missing without it. */
export async function readReportFeeds(hub: Hub, forecast: Forecast): Promise<ReportFeed[]> {
  const { feeds: listed } = await hub.api.listFeeds();
  const { feed: target } = targetSourceOf(forecast);
  return Promise.all(
    feedsOf(forecast).map(async (feed): Promise<ReportFeed> => {
      const stored = listed.find(({ id }) => id === feed.id);
      const missing = stored?.overdue.find((one) => one.forecast === forecast.id);
      return {
        ...describeFeed(feed),
        lastPeriod: stored?.lastPeriod ?? null,
        fetchedAt: stored?.lastSuccessAt ?? null,
        refused: await orNoAccess(refusedOf(hub, feed)),
        held: await orNoAccess(heldOf(hub, feed)),
        overdue: missing
          ? { state: missing.state, isTarget: feed.id === target, last: missing.last, since: missing.since }
          : null,
        ...(stored?.simulated && { simulated: true }),
      };
    }),
  );
}

async function refusedOf(hub: Hub, { id }: Feed) {
  const { byReason } = await hub.api.listFeedProblems({ feed: id, query: { limit: 1 } });
  return Object.entries(byReason).map(([reason, count]) => ({ reason, count }));
}

const heldMax = 100;

async function heldOf(hub: Hub, { id }: Feed) {
  const { flows } = await hub.api.listFlows({ query: { kind: "ingest", state: "held", limit: heldMax } });
  return flows
    .filter(({ params }) => params["feed"] === id)
    .map(({ createdAt, reason }) => ({ since: createdAt, reason: reason ?? "" }));
}

/** Returns `no-access` if the hub requires a token that this command does not have. */
async function orNoAccess<Value>(call: Promise<Value>): Promise<Value | Missing> {
  try {
    return await call;
  } catch (error) {
    const { failure } = error instanceof ApiRefusal ? error : { failure: null };
    if (failure?.kind === "refused" && [401, 403].includes(failure.status)) return { missing: "no-access" };
    throw error;
  }
}
