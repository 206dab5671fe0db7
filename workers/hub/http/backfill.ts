/** `/forecasts/:forecast/backfill`: predictions of past periods. */
import { createRoute, z } from "@hono/zod-openapi";
import { backfillAnswerShape } from "../../../shared/api/backfills.ts";
import { forecastParam } from "../../../shared/api/fields.ts";
import { readBackfill } from "../actions/read-backfill.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, json, refusals } from "./route.ts";

export const backfillRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const read = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/backfill",
  operationId: "getBackfill",
  tags: ["Predictions"],
  summary: "Predictions of past periods",
  description:
    "Each by a model that was fitted to earlier periods only, with the recipe of the champion. The recipe was chosen on later data, so these predictions are not part of the track record.",
  request: { params },
  responses: { 200: json(backfillAnswerShape, "The backfill"), ...refusals.read },
});

backfillRoutes.openapi(read, async (context) =>
  context.json(unwrap(await readBackfill(context.var.hub, context.req.valid("param").forecast)), 200),
);
