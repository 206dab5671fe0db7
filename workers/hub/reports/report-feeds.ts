/** What a report states about its feeds: freshness, missing, rejected values and held publications. */
import type { ReportFeed } from "../../../shared/api/report-model.ts";
import { feedState } from "../../../shared/db/feeds.ts";
import { listFlows } from "../../../shared/db/flows.ts";
import { countObservations } from "../../../shared/db/observations.ts";
import { countProblems } from "../../../shared/db/problems.ts";
import { findFeed } from "../../../shared/feeds/index.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../../shared/forecasts/source.ts";
import { describeFeed } from "../../../shared/reports/describe-feed.ts";
import type { Hub } from "../hub.ts";
import { isSimulated, overdueNow } from "./feed-condition.ts";

/** Held publications that are read, newest first. */
const heldMax = 100;

/** Returns one entry for each feed of a forecast. */
export async function readReportFeeds(
  hub: Pick<Hub, "db" | "now" | "variables">,
  forecast: Forecast,
): Promise<ReportFeed[]> {
  const { db } = hub;
  const overdue = new Map((await overdueNow(hub, forecast)).map(({ feed, ...missing }) => [feed, missing]));
  const held = await listFlows(db, { kind: "ingest", state: "held", limit: heldMax, offset: 0 });
  const feeds = feedIdsOf(forecast).flatMap((id) => findFeed(id) ?? []);
  return Promise.all(
    feeds.map(async (feed): Promise<ReportFeed> => {
      const [{ lastSuccessAt }, { lastPeriod }, problems] = await Promise.all([
        feedState(db, feed.id),
        countObservations(db, feed),
        countProblems(db, feed.id),
      ]);
      return {
        ...describeFeed(feed),
        lastPeriod,
        fetchedAt: lastSuccessAt,
        refused: Object.entries(problems).map(([reason, count]) => ({ reason, count })),
        held: held
          .filter(({ params }) => params["feed"] === feed.id)
          .map(({ createdAt, reason }) => ({ since: createdAt, reason: reason ?? "" })),
        overdue: overdue.get(feed.id) ?? null,
        ...((await isSimulated(hub, feed, lastSuccessAt)) && { simulated: true }),
      };
    }),
  );
}
