/** `/flows`: runs of work, their steps and states; retry and release. */
import { createRoute, z } from "@hono/zod-openapi";
import { flowDetailShape, flowListShape, flowShape, flowsQueryShape } from "../../../shared/api/flows.ts";
import { listFlows } from "../actions/list-flows.ts";
import { readFlow } from "../actions/read-flow.ts";
import { release } from "../actions/release.ts";
import { retry } from "../actions/retry.ts";
import { adminOnly, hasToken } from "./authorize.ts";
import { unwrap } from "./refuse.ts";
import { apiRoutes, json, optionallySecured, refusals, secured } from "./route.ts";

export const flowRoutes = apiRoutes();

const withoutToken =
  "Without the token, a dead letter does not show its message, and a flow of personal data not its file and reasons.";

const params = z.object({ id: z.string().describe("Id of a flow") });

const list = createRoute({
  method: "get",
  path: "/flows",
  operationId: "listFlows",
  tags: ["Flows"],
  summary: "Flows, newest first",
  description: withoutToken,
  security: optionallySecured,
  request: { query: flowsQueryShape },
  responses: { 200: json(flowListShape, "The flows"), ...refusals.openList },
});

flowRoutes.openapi(list, async (context) =>
  context.json(await listFlows(context.var.hub, context.req.valid("query"), { hasToken: hasToken(context) }), 200),
);

const read = createRoute({
  method: "get",
  path: "/flows/{id}",
  operationId: "getFlow",
  tags: ["Flows"],
  summary: "One flow, step by step",
  description: withoutToken,
  security: optionallySecured,
  request: { params },
  responses: { 200: json(flowDetailShape, "The flow"), ...refusals.openRead },
});

flowRoutes.openapi(read, async (context) =>
  context.json(
    unwrap(await readFlow(context.var.hub, context.req.valid("param").id, { hasToken: hasToken(context) })),
    200,
  ),
);

const retryFlow = createRoute({
  method: "post",
  path: "/flows/{id}/retry",
  operationId: "retryFlow",
  tags: ["Flows"],
  summary: "Retry a failed flow, or send a dead letter again",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params },
  responses: { 202: json(flowShape, "The flow: queued, or done for a dead letter"), ...refusals.write },
});

flowRoutes.openapi(retryFlow, async (context) =>
  context.json(unwrap(await retry(context.var.hub, context.req.valid("param").id)), 202),
);

const releaseFlow = createRoute({
  method: "post",
  path: "/flows/{id}/release",
  operationId: "releaseFlow",
  tags: ["Flows"],
  summary: "Ingest a held publication",
  security: secured,
  middleware: [adminOnly] as const,
  request: { params },
  responses: { 202: json(flowShape, "The queued flow"), ...refusals.write },
});

flowRoutes.openapi(releaseFlow, async (context) =>
  context.json(unwrap(await release(context.var.hub, context.req.valid("param").id)), 202),
);
