/** `/health`: whether the hub runs. */
import { createRoute } from "@hono/zod-openapi";
import { healthShape } from "../../../shared/api/service.ts";
import { apiRoutes, json } from "./route.ts";

export const healthRoutes = apiRoutes();

const read = createRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  tags: ["Service"],
  summary: "Whether the hub runs",
  responses: { 200: json(healthShape, "It runs") },
});

healthRoutes.openapi(read, (context) => context.json({ worker: "hub", ok: true } as const, 200));
