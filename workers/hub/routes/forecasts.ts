/** `/forecasts`: who serves, going back, and the trainings of one forecast. */
import { createRoute, z } from "@hono/zod-openapi";
import { championAnswerShape, rollbackShape } from "../../../shared/api/champions.ts";
import { newRunShape, runShape } from "../../../shared/api/runs.ts";
import { findChampion, listChampions } from "../../../shared/db/champions.ts";
import { usedThrough } from "../../../shared/db/gates.ts";
import { createRun, findRun, listRuns } from "../../../shared/db/runs.ts";
import { adminOnly } from "../admin.ts";
import {
  actorOf,
  apiRoutes,
  forecastParam,
  json,
  jsonBody,
  jsonRequest,
  knownForecast,
  refusals,
  secured,
} from "../api.ts";
import type { Hub } from "../hub.ts";
import { rollBack } from "../registry/roll-back.ts";
import { limitQuery } from "./page.ts";

export const forecastRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const champion = createRoute({
  method: "get",
  path: "/{forecast}/champion",
  tags: ["Champion"],
  summary: "Who serves, and every change of it",
  request: { params },
  responses: { 200: json(championAnswerShape, "The champion"), ...refusals.read },
});

forecastRoutes.openapi(champion, async (context) => {
  const { id } = knownForecast(context.req.valid("param").forecast);
  return context.json(await championAnswer(context.var.hub, id), 200);
});

const rollback = createRoute({
  method: "post",
  path: "/{forecast}/rollback",
  tags: ["Champion"],
  summary: "Go back to an earlier champion",
  description:
    "To the version before, or to one that has served before. It is a change with a number of its own, and it is verified like a promotion.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(rollbackShape) },
  responses: { 200: json(championAnswerShape, "The champion after it"), ...refusals.write },
});

forecastRoutes.openapi(rollback, async (context) => {
  const forecast = knownForecast(context.req.valid("param").forecast);
  const { to, why } = context.req.valid("json");
  await rollBack(context.var.hub, { forecast, to }, actorOf(context, why));
  return context.json(await championAnswer(context.var.hub, forecast.id), 200);
});

const runs = createRoute({
  method: "get",
  path: "/{forecast}/runs",
  tags: ["Trainings"],
  summary: "Trainings, newest first",
  request: { params, query: z.strictObject({ limit: limitQuery(500, 50) }) },
  responses: { 200: json(z.object({ runs: z.array(runShape) }), "Trainings"), ...refusals.read },
});

forecastRoutes.openapi(runs, async (context) => {
  const { id } = knownForecast(context.req.valid("param").forecast);
  return context.json({ runs: await listRuns(context.var.hub.db, id, context.req.valid("query").limit) }, 200);
});

const create = createRoute({
  method: "post",
  path: "/{forecast}/runs",
  tags: ["Trainings"],
  summary: "Begin a training",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(newRunShape) },
  responses: { 201: json(runShape, "The run, with its id"), ...refusals.write },
});

forecastRoutes.openapi(create, async (context) => {
  const { hub } = context.var;
  const { id: forecast } = knownForecast(context.req.valid("param").forecast);
  const { why, dataHash = null, ...wanted } = context.req.valid("json");
  const id = hub.newId();
  await createRun(hub.db, { id, forecast, dataHash, ...wanted }, actorOf(context, why, "training"));
  const run = await findRun(hub.db, id);
  if (!run) throw new Error(`run ${id} was written and not found`);
  return context.json(run, 201, { Location: `/runs/${id}` });
});

async function championAnswer(hub: Hub, forecast: string) {
  const [serving, changes] = await Promise.all([findChampion(hub.db, forecast), listChampions(hub.db, forecast)]);
  const used = await usedThrough(hub.db, forecast);
  return { forecast, champion: serving, usedThrough: used, changes: changes.reverse() };
}
