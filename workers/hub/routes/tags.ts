/** `/models/:forecast/:version/tags`: a name and a value that people and programs stick to a version. */
import { createRoute, z } from "@hono/zod-openapi";
import { tagNameShape, tagShape, tagsShape } from "../../../shared/api/tags.ts";
import { listTags, saveTag } from "../../../shared/db/tags.ts";
import { adminOnly } from "../admin.ts";
import {
  actorOf,
  apiRoutes,
  forecastParam,
  json,
  jsonBody,
  jsonRequest,
  knownModel,
  refusals,
  secured,
  versionParam,
} from "../api.ts";
import type { Hub } from "../hub.ts";

export const tagRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam, version: versionParam, name: tagNameShape });

const put = createRoute({
  method: "put",
  path: "/{forecast}/{version}/tags/{name}",
  tags: ["Models"],
  summary: "Tag a version",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(tagShape) },
  responses: { 200: json(tagsShape, "All tags of the version"), ...refusals.write },
});

tagRoutes.openapi(put, async (context) => {
  const tag = context.req.valid("param");
  const { value, why } = context.req.valid("json");
  await knownModel(context.var.hub, tag.forecast, tag.version);
  await saveTag(context.var.hub.db, tag, value, actorOf(context, why));
  return context.json(await tagsOf(context.var.hub, tag.forecast, tag.version), 200);
});

const remove = createRoute({
  method: "delete",
  path: "/{forecast}/{version}/tags/{name}",
  tags: ["Models"],
  summary: "Take a tag away",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params, query: z.strictObject({ why: tagShape.shape.why }) },
  responses: { 200: json(tagsShape, "The tags that are left"), ...refusals.write },
});

tagRoutes.openapi(remove, async (context) => {
  const tag = context.req.valid("param");
  await knownModel(context.var.hub, tag.forecast, tag.version);
  await saveTag(context.var.hub.db, tag, null, actorOf(context, context.req.valid("query").why));
  return context.json(await tagsOf(context.var.hub, tag.forecast, tag.version), 200);
});

async function tagsOf(hub: Hub, forecast: string, version: string) {
  return { forecast, version, tags: await listTags(hub.db, forecast, version) };
}
