/** `/health`: whether the hub runs, and which versions serve. */
import { createRoute } from "@hono/zod-openapi";
import { healthShape } from "../../../shared/api/service.ts";
import { describeChampions } from "../registry/describe.ts";
import { apiRoutes, json } from "./route.ts";

export const healthRoutes = apiRoutes();

const read = createRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  tags: ["Service"],
  summary: "Whether the hub runs, and which versions serve",
  responses: { 200: json(healthShape, "It runs") },
});

healthRoutes.openapi(read, async (context) => {
  const described = await describeChampions(context.var.hub);
  const champions = described.map(({ number: _, ...champion }) => champion);
  return context.json({ worker: "hub", ok: true, forecasts: champions } as const, 200);
});
