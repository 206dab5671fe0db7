/** `/models`: registered versions; lists, details and comparisons. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam, versionParam } from "../../../shared/api/fields.ts";
import {
  compareQueryShape,
  comparisonShape,
  modelDetailShape,
  modelListShape,
  modelShape,
  modelsQueryShape,
  registerShape,
} from "../../../shared/api/models.ts";
import { compareModels } from "../actions/compare-models.ts";
import { listModels } from "../actions/list-models.ts";
import { readModel } from "../actions/read-model.ts";
import { register } from "../actions/register.ts";
import { adminOnly } from "./authorize.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "./route.ts";

export const modelRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam, version: versionParam });

const list = createRoute({
  method: "get",
  path: "/models",
  operationId: "listModels",
  tags: ["Models"],
  summary: "Registered versions, newest first",
  request: { query: modelsQueryShape },
  responses: { 200: json(modelListShape, "Versions"), ...refusals.filteredRead },
});

modelRoutes.openapi(list, async (context) =>
  context.json(unwrap(await listModels(context.var.hub, context.req.valid("query"))), 200),
);

const compare = createRoute({
  method: "get",
  path: "/models/{forecast}/compare",
  operationId: "compareModels",
  tags: ["Models"],
  summary: "Compare two versions",
  request: { params: params.pick({ forecast: true }), query: compareQueryShape },
  responses: {
    200: json(comparisonShape, "The metrics, and the parameters and features that differ"),
    ...refusals.filteredRead,
  },
});

modelRoutes.openapi(compare, async (context) => {
  const { forecast } = context.req.valid("param");
  return context.json(unwrap(await compareModels(context.var.hub, forecast, context.req.valid("query"))), 200);
});

const read = createRoute({
  method: "get",
  path: "/models/{forecast}/{version}",
  operationId: "getModel",
  tags: ["Models"],
  summary: "One version: card, stage, tags, the gate's decisions and the audit",
  request: { params },
  responses: { 200: json(modelDetailShape, "The version"), ...refusals.filteredRead },
});

modelRoutes.openapi(read, async (context) => {
  const { forecast, version } = context.req.valid("param");
  return context.json(unwrap(await readModel(context.var.hub, forecast, version)), 200);
});

const registration = createRoute({
  method: "post",
  path: "/models/{forecast}/{version}",
  operationId: "registerModel",
  tags: ["Models"],
  summary: "Register an uploaded version",
  description:
    "Both artefacts must be uploaded and have the stated digests. The card must match them, this address and the features that this hub computes. A registered version never changes.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(registerShape) },
  responses: {
    200: json(modelShape, "The same files were already registered"),
    201: json(modelShape, "Registered"),
    ...refusals.write,
  },
});

modelRoutes.openapi(registration, async (context) => {
  const { why, ...wanted } = context.req.valid("json");
  const registration = { ...context.req.valid("param"), ...wanted };
  const { model, isNew } = unwrap(await register(context.var.hub, registration, actorOf(context, why)));
  return context.json(model, isNew ? 201 : 200);
});
