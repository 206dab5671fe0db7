/** `GET /feeds/:feed/observations`: JSON or CSV, a page at a time. */
import type { HonoRequest } from "hono";
import { z } from "zod";
import { listObservations, type ObservationPlace } from "../../../shared/db/observations.ts";
import { listSeries, type Series } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { nearest } from "../../../shared/lib/text-distance.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { knownCursor, pageQuery, pageResponse } from "./page.ts";
import { readQuery } from "./query.ts";

const shape = z.object({ series: z.string().optional(), variable: z.string().optional(), ...pageQuery });

const placeShape = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([at, seriesId, variable]): ObservationPlace => ({ period: at, seriesId, variable }));

export async function observationsPage(hub: Hub, feed: Feed, request: HonoRequest): Promise<Response> {
  const query = readQuery(request.query(), shape);
  const all = await listSeries(hub.db, feed.id);
  const wanted = chooseSeries(feed, all, request.queries("series") ?? []);
  if (query.variable !== undefined) refuseUnknown("variable", query.variable, Object.keys(feed.variables));
  const rows = await listObservations(hub.db, feed.id, {
    seriesIds: wanted?.map(({ id }) => id) ?? null,
    variable: query.variable,
    from: query.from,
    to: query.to,
    after: query.cursor === undefined ? null : knownCursor(query.cursor, placeShape),
    limit: query.limit + 1,
  });
  const dimensions = new Map(all.map((series) => [series.id, series.dimensions]));
  return pageResponse(request, {
    rows,
    limit: query.limit,
    format: query.format,
    placeOf: ({ period, seriesId, variable }) => [period, seriesId, variable],
    json: (page) => ({
      feed: feed.id,
      observations: page.map(({ seriesId, ...fact }) => ({
        series: { id: seriesId, ...dimensions.get(seriesId) },
        ...fact,
      })),
    }),
    header: [...feed.dimensions, "period", "variable", "value"],
    cells: ({ seriesId, period, variable, value }) => {
      const named = dimensions.get(seriesId) ?? {};
      return [...feed.dimensions.map((name) => named[name] ?? ""), period, variable, value];
    },
  });
}

/**
 * The series that `?series=` names: a number, or `Dimension=Value` (more than one narrows the choice). Null means all.
 */
function chooseSeries(feed: Feed, all: readonly Series[], filters: readonly string[]): readonly Series[] | null {
  if (filters.length === 0) return null;
  let chosen = all;
  for (const filter of filters) {
    if (/^\d+$/.test(filter)) {
      chosen = chosen.filter((series) => series.id === Number(filter));
    } else {
      const [name = "", ...rest] = filter.split("=");
      const value = rest.join("=");
      refuseUnknown("dimension", name, feed.dimensions);
      refuseUnknown(name, value, [...new Set(all.map((series) => series.dimensions[name] ?? ""))]);
      chosen = chosen.filter((series) => series.dimensions[name] === value);
    }
  }
  return chosen;
}

function refuseUnknown(what: string, found: string, allowed: readonly string[]): void {
  if (allowed.includes(found)) return;
  const didYouMean = nearest(found, allowed);
  const expected = what === "variable" ? "a variable of the feed" : "series=<number> or series=<Dimension>=<Value>";
  refuse({
    kind: "unprocessable",
    detail: `There is no ${what} "${found}".`,
    found,
    expected,
    allowed: allowed.slice(0, 100),
    ...(didYouMean && { didYouMean }),
  });
}
