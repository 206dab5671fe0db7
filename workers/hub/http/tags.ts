/** `/models/:forecast/:version/tags`: names and values that people and programs attach to a version. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam, versionParam } from "../../../shared/api/fields.ts";
import { tagNameShape, tagShape, tagsShape, untagQueryShape } from "../../../shared/api/tags.ts";
import { tag } from "../actions/tag.ts";
import { adminOnly } from "./authorize.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "./route.ts";

export const tagRoutes = apiRoutes();

const path = "/models/{forecast}/{version}/tags/{name}";
const params = z.object({ forecast: forecastParam, version: versionParam, name: tagNameShape });

const put = createRoute({
  method: "put",
  path,
  operationId: "setTag",
  tags: ["Models"],
  summary: "Tag a version",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(tagShape) },
  responses: { 200: json(tagsShape, "All tags of the version"), ...refusals.write },
});

tagRoutes.openapi(put, async (context) => {
  const { value, why } = context.req.valid("json");
  const change = { ...context.req.valid("param"), value };
  return context.json(unwrap(await tag(context.var.hub, change, actorOf(context, why))), 200);
});

const remove = createRoute({
  method: "delete",
  path,
  operationId: "removeTag",
  tags: ["Models"],
  summary: "Remove a tag",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params, query: untagQueryShape },
  responses: { 200: json(tagsShape, "The remaining tags"), ...refusals.write },
});

tagRoutes.openapi(remove, async (context) => {
  const change = { ...context.req.valid("param"), value: null };
  const actor = actorOf(context, context.req.valid("query").why);
  return context.json(unwrap(await tag(context.var.hub, change, actor)), 200);
});
