/** `GET /feeds/:feed/observations`: JSON or CSV, a page at a time. */
import { createRoute, z } from "@hono/zod-openapi";
import { feedParam } from "../../../shared/api/fields.ts";
import {
  type ObservationsPage,
  observationsPageShape,
  observationsQueryShape,
} from "../../../shared/api/observations.ts";
import type { ObservationPlace } from "../../../shared/db/observations.ts";
import { isoPeriod } from "../../../shared/period.ts";
import { listObservations } from "../actions/list-observations.ts";
import { pageResponse, placeOfCursor } from "./page.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, jsonOrCsv, refusals } from "./route.ts";

export const observationRoutes = apiRoutes();

const list = createRoute({
  method: "get",
  path: "/feeds/{feed}/observations",
  operationId: "listObservations",
  tags: ["Feeds"],
  summary: "Observations by period, series and variable, in pages",
  description:
    "Returns CSV with `format=csv` or `Accept: text/csv`. The header `Link` has the address of the next page.",
  request: { params: z.object({ feed: feedParam }), query: observationsQueryShape },
  responses: { 200: jsonOrCsv(observationsPageShape, "A page"), ...refusals.page },
});

const placeShape = z
  .tuple([z.string(), z.int(), z.string()])
  .transform(([period, seriesId, variable]): ObservationPlace => ({ period, seriesId, variable }));

observationRoutes.openapi(list, async (context) => {
  const { series = [], variable, from, to, cursor, limit, format, bom } = context.req.valid("query");
  const { feed, rows } = unwrap(
    await listObservations(context.var.hub, context.req.valid("param").feed, {
      series: [series].flat(),
      variable,
      from,
      to,
      after: placeOfCursor(cursor, placeShape),
      limit: limit + 1,
    }),
  );
  return pageResponse(context.req, {
    rows,
    limit,
    format,
    bom,
    fileName: `${feed.id}-observations`,
    placeOf: ({ series: { id }, period, variable }) => [period, id, variable],
    json: (observations, next): ObservationsPage => ({ feed: feed.id, observations: [...observations], next }),
    header: [...feed.dimensions, "period", "variable", "value"],
    cells: ({ series, period, variable, value }) => [
      ...feed.dimensions.map((name) => series[name] ?? ""),
      isoPeriod(period),
      variable,
      value,
    ],
  });
});
