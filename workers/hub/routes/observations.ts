/** `GET /feeds/:feed/observations`: JSON or CSV, a page at a time. */
import type { HonoRequest } from "hono";
import { z } from "zod";
import { isIsoDay } from "../../../shared/calendar.ts";
import { writeCsv } from "../../../shared/csv.ts";
import { listObservations, type ObservationPlace } from "../../../shared/db/observations.ts";
import { listSeries, type Series } from "../../../shared/db/series.ts";
import type { Feed } from "../../../shared/feeds/feed.ts";
import { nearest } from "../../../shared/text-distance.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { readQuery } from "./query.ts";

const period = z
  .string()
  .regex(/^\d{4}(-\d{2}(-\d{2}(T([01]\d|2[0-3]))?)?)?$/, "expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH")
  .refine((text) => isIsoDay(`${text}${"0000-01-01".slice(text.length)}`.slice(0, 10)), "there is no such period");

const shape = z.object({
  series: z.string().optional(),
  variable: z.string().optional(),
  from: period.optional(),
  to: period.optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  format: z.enum(["json", "csv"]).optional(),
});

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
    after: query.cursor === undefined ? null : knownCursor(query.cursor),
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const next = rows.length > query.limit && last ? writeCursor(last) : null;
  const headers = new Headers(next === null ? {} : { Link: `<${nextUrl(request, next)}>; rel="next"` });

  const dimensions = new Map(all.map((series) => [series.id, series.dimensions]));
  const wantsCsv = query.format === "csv" || (!query.format && request.header("Accept")?.includes("text/csv"));
  if (wantsCsv) {
    headers.set("Content-Type", "text/csv; charset=utf-8");
    const cells = page.map(({ seriesId, period, variable, value }) => {
      const named = dimensions.get(seriesId) ?? {};
      return [...feed.dimensions.map((name) => named[name] ?? ""), period, variable, value];
    });
    return new Response(writeCsv([...feed.dimensions, "period", "variable", "value"], cells), { headers });
  }
  const observations = page.map(({ seriesId, ...fact }) => ({
    series: { id: seriesId, ...dimensions.get(seriesId) },
    ...fact,
  }));
  headers.set("Content-Type", "application/json; charset=utf-8");
  return new Response(JSON.stringify({ feed: feed.id, observations, next }), { headers });
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

function knownCursor(cursor: string): ObservationPlace {
  const place = readCursor(cursor);
  if (place) return place;
  refuse({
    kind: "bad-request",
    detail: "The cursor is not one that a page of this list gave. Ask for the first page without one.",
    found: cursor,
    expected: "the cursor of the page before, as its next says it",
  });
}

function nextUrl(request: HonoRequest, cursor: string): string {
  const url = new URL(request.url);
  url.searchParams.set("cursor", cursor);
  return `${url.pathname}${url.search}`;
}
