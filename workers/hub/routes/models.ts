/** `/models`: registered versions, one by one and side by side. */
import { createRoute, z } from "@hono/zod-openapi";
import { promotedShape, promoteShape } from "../../../shared/api/champions.ts";
import { comparisonShape, modelDetailShape, modelShape, registerShape } from "../../../shared/api/models.ts";
import { listAudit } from "../../../shared/db/audit.ts";
import { listGates } from "../../../shared/db/gates.ts";
import { listModels, type StagedModel } from "../../../shared/db/models.ts";
import { listTags } from "../../../shared/db/tags.ts";
import type { Card } from "../../../shared/registry/card.ts";
import { compareCards } from "../../../shared/registry/compare.ts";
import { stages } from "../../../shared/registry/states.ts";
import { adminOnly } from "../admin.ts";
import {
  actorOf,
  apiRoutes,
  forecastParam,
  json,
  jsonBody,
  jsonRequest,
  knownForecast,
  knownModel,
  refusals,
  secured,
  versionParam,
} from "../api.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { register } from "../registry/register.ts";
import { requestPromotion } from "../registry/request-promotion.ts";
import { readCard } from "../registry/verify.ts";
import { limitQuery } from "./page.ts";

export const modelRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam, version: versionParam });

const list = createRoute({
  method: "get",
  path: "/",
  tags: ["Models"],
  summary: "Registered versions, newest first",
  request: {
    query: z.strictObject({
      forecast: z.string().optional(),
      stage: z.enum(stages).optional().describe("`retired` has served and does not now"),
      limit: limitQuery(500, 50),
      offset: z.coerce.number().int().min(0).default(0),
    }),
  },
  responses: { 200: json(z.object({ models: z.array(modelShape) }), "Versions"), ...refusals.read },
});

modelRoutes.openapi(list, async (context) => {
  const query = context.req.valid("query");
  if (query.forecast !== undefined) knownForecast(query.forecast);
  return context.json({ models: await listModels(context.var.hub.db, query) }, 200);
});

const compare = createRoute({
  method: "get",
  path: "/{forecast}/compare",
  tags: ["Models"],
  summary: "Two versions side by side",
  request: {
    params: z.object({ forecast: forecastParam }),
    query: z.strictObject({ a: versionParam, b: versionParam }),
  },
  responses: { 200: json(comparisonShape, "Metrics, and the parameters and features that differ"), ...refusals.read },
});

modelRoutes.openapi(compare, async (context) => {
  const { hub } = context.var;
  const { forecast } = context.req.valid("param");
  const { a, b } = context.req.valid("query");
  const [first, second] = [await knownModel(hub, forecast, a), await knownModel(hub, forecast, b)];
  const [cardA, cardB] = [await cardOf(hub, first), await cardOf(hub, second)];
  return context.json({ a: first, b: second, ...compareCards(cardA, cardB) }, 200);
});

const read = createRoute({
  method: "get",
  path: "/{forecast}/{version}",
  tags: ["Models"],
  summary: "One version: card, stage, tags, the gate's decisions and the audit",
  request: { params },
  responses: { 200: json(modelDetailShape, "The version"), ...refusals.read },
});

modelRoutes.openapi(read, async (context) => {
  const { hub } = context.var;
  const { forecast, version } = context.req.valid("param");
  const model = await knownModel(hub, forecast, version);
  const [card, tags, gates, audit] = await Promise.all([
    cardOf(hub, model),
    listTags(hub.db, forecast, version),
    listGates(hub.db, forecast, version),
    listAudit(hub.db, { forecast, version, limit: 100 }),
  ]);
  return context.json({ ...model, card, tags, gates, audit }, 200);
});

const registration = createRoute({
  method: "post",
  path: "/{forecast}/{version}",
  tags: ["Models"],
  summary: "Register an uploaded version",
  description:
    "Both artefacts have to lie in R2 with the stated digests, and the card has to agree with them, with this address and with this hub's feature code. Before this call there is no version, only files; after it, it never changes.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(registerShape) },
  responses: {
    200: json(modelShape, "These very files were registered already"),
    201: json(modelShape, "Registered"),
    ...refusals.write,
  },
});

modelRoutes.openapi(registration, async (context) => {
  const { forecast: id, version } = context.req.valid("param");
  const wanted = context.req.valid("json");
  const forecast = knownForecast(id);
  const { isNew } = await register(context.var.hub, { forecast, version, ...wanted }, actorOf(context, wanted.why));
  return context.json(await knownModel(context.var.hub, id, version), isNew ? 201 : 200);
});

const promotion = createRoute({
  method: "post",
  path: "/{forecast}/{version}/promote",
  tags: ["Champion"],
  summary: "Ask for a version to serve",
  description:
    "Starts the flow `promote`: verify the artefacts, run the golden rows, ask the gate, change the champion. `GET /flows/{flow}` ends `done` when it serves, `held` when the gate wants more, `failed` when it may not serve; each says why. The same question in the same situation is one flow.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(promoteShape) },
  responses: {
    200: json(promotedShape, "Asked before, and answered: see the flow"),
    202: json(promotedShape, "The flow has been started"),
    ...refusals.write,
  },
});

modelRoutes.openapi(promotion, async (context) => {
  const { hub } = context.var;
  const { forecast, version } = context.req.valid("param");
  const { why, force } = context.req.valid("json");
  const model = await knownModel(hub, forecast, version);
  const { run, isNew } = await requestPromotion(hub, { model, force }, actorOf(context, why));
  const isAtWork = run.state === "queued" || run.state === "running";
  const answer = { flow: run.id, state: run.state, known: !isNew };
  return context.json(answer, isAtWork ? 202 : 200, { Location: `/flows/${run.id}` });
});

/** The card of a registered version, which was read when it was registered. */
async function cardOf(hub: Hub, { forecast, version }: StagedModel): Promise<Card> {
  const read = await readCard(hub, { forecast: knownForecast(forecast), version });
  if (read.ok) return read.card;
  const detail = `card.json of ${forecast} ${version} in R2 is no longer the file that was registered: restore it, or train again. ${read.mismatch.detail}`;
  refuse({ kind: "internal", ...read.mismatch, detail });
}
