/** `/forecasts/:forecast/champion`, promotion and rollback: which version serves, and how that changes. */

import { createRoute, z } from "@hono/zod-openapi";
import { championAnswerShape, promotedShape, promoteShape, rollbackShape } from "../../../shared/api/champions.ts";
import { forecastParam, versionParam } from "../../../shared/api/fields.ts";
import { isActive } from "../../../shared/api/flow-states.ts";
import { readChampion } from "../actions/read-champion.ts";
import { requestPromotion } from "../actions/request-promotion.ts";
import { rollBack } from "../actions/roll-back.ts";
import { adminOnly } from "./authorize.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "./route.ts";

export const championRoutes = apiRoutes();

const params = z.object({ forecast: forecastParam });

const read = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/champion",
  operationId: "getChampion",
  tags: ["Champion"],
  summary: "The champion and its changes",
  request: { params },
  responses: { 200: json(championAnswerShape, "The champion"), ...refusals.read },
});

championRoutes.openapi(read, async (context) =>
  context.json(unwrap(await readChampion(context.var.hub, context.req.valid("param").forecast)), 200),
);

const promotion = createRoute({
  method: "post",
  path: "/models/{forecast}/{version}/promote",
  operationId: "promoteModel",
  tags: ["Champion"],
  summary: "Request that a version becomes champion",
  description:
    "Starts the flow `promote`: verify the artefacts, run the golden rows, decide by the gate, change the champion. Read its state with `GET /flows/{flow}`: `done` (the version is the champion), `held` (the gate needs more data) or `failed` (the version may not serve), with the reason. A repeated request returns the same flow until the champion changes.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params: params.extend({ version: versionParam }), body: jsonRequest(promoteShape) },
  responses: {
    200: json(promotedShape, "Already requested and decided; see the flow"),
    202: json(promotedShape, "The flow has been started"),
    ...refusals.write,
  },
});

championRoutes.openapi(promotion, async (context) => {
  const { why, force } = context.req.valid("json");
  const wanted = { ...context.req.valid("param"), force };
  const answer = unwrap(await requestPromotion(context.var.hub, wanted, actorOf(context, why)));
  return context.json(answer, isActive(answer.state) ? 202 : 200, { Location: `/flows/${answer.flow}` });
});

const rollback = createRoute({
  method: "post",
  path: "/forecasts/{forecast}/rollback",
  operationId: "rollBack",
  tags: ["Champion"],
  summary: "Go back to an earlier champion",
  description:
    "Makes the previous champion, or the earlier champion that `to` names, the champion again. The rollback is a change with its own number. The version is verified as in a promotion.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(rollbackShape) },
  responses: { 200: json(championAnswerShape, "The new champion"), ...refusals.write },
});

championRoutes.openapi(rollback, async (context) => {
  const { forecast } = context.req.valid("param");
  const { to, why } = context.req.valid("json");
  return context.json(unwrap(await rollBack(context.var.hub, { forecast, to }, actorOf(context, why))), 200);
});
