/** `/feeds`: what is watched and what it has brought. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { feedState } from "../../../shared/db/feeds.ts";
import { countObservations } from "../../../shared/db/observations.ts";
import { countProblems, listProblems } from "../../../shared/db/problems.ts";
import { listSeries } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { feeds, findFeed } from "../../../shared/feeds/index.ts";
import { nearest } from "../../../shared/lib/text-distance.ts";
import { adminOnly } from "../admin.ts";
import type { HubVariables } from "../app.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { serveLakeFile } from "./lake.ts";
import { observationsPage } from "./observations.ts";
import { limitQuery } from "./page.ts";
import { readQuery } from "./query.ts";
import { receiveUpload } from "./upload.ts";

export const feedRoutes = new Hono<HubVariables>();

feedRoutes.get("/", async (context) => {
  return context.json({ feeds: await Promise.all(feeds.map((feed) => describeFeed(context.var.hub, feed))) });
});

feedRoutes.get("/:feed", async (context) => {
  const feed = knownFeed(context);
  const [described, series] = await Promise.all([
    describeFeed(context.var.hub, feed),
    listSeries(context.var.hub.db, feed.id),
  ]);
  return context.json({ ...described, series: series.map(({ id, dimensions }) => ({ id, ...dimensions })) });
});

feedRoutes.put("/:feed/files/:name", adminOnly, (context) =>
  receiveUpload(context.var.hub, knownFeed(context), context.req),
);

feedRoutes.get("/:feed/observations", (context) => observationsPage(context.var.hub, knownFeed(context), context.req));

const problemsQuery = z.object({
  reason: z.string().optional(),
  ingest: z.coerce.number().int().optional(),
  cursor: z.coerce.number().int().min(0).default(0),
  limit: limitQuery(10_000, 1_000),
});

feedRoutes.get("/:feed/problems", async (context) => {
  const feed = knownFeed(context);
  const { cursor: after, limit, reason, ingest } = readQuery(context.req.query(), problemsQuery);
  const { db } = context.var.hub;
  const [rows, byReason] = await Promise.all([
    listProblems(db, feed.id, { reason, ingest, after, limit: limit + 1 }),
    countProblems(db, feed.id),
  ]);
  const page = rows.slice(0, limit);
  const next = rows.length > limit ? String(page.at(-1)?.id) : null;
  return context.json({ feed: feed.id, byReason, problems: page, next });
});

feedRoutes.get("/:feed/lake/:path{.+}", (context) =>
  serveLakeFile(context.var.hub, knownFeed(context), context.req.param("path")),
);

async function describeFeed(hub: Hub, feed: Feed) {
  const [state, counts] = await Promise.all([feedState(hub.db, feed.id), countObservations(hub.db, feed)]);
  const { id, title, publisher, homepage, dimensions, variables, place, granularity, partitionBy } = feed;
  const about = { id, title, publisher, homepage, dimensions, variables, ...(place && { place }) };
  return { ...about, granularity, partitionBy, ...counts, ...state };
}

function knownFeed(context: Context<HubVariables>): Feed {
  const id = context.req.param("feed") ?? "";
  const allowed = feeds.map((feed) => feed.id);
  const didYouMean = nearest(id, allowed);
  return (
    findFeed(id) ??
    refuse({
      kind: "not-found",
      detail: `There is no feed ${id}.`,
      found: id,
      allowed,
      ...(didYouMean && { didYouMean }),
    })
  );
}
