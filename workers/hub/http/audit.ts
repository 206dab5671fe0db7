/** `/audit`: who changed what and why. */
import { createRoute } from "@hono/zod-openapi";
import { auditPageShape, auditQueryShape } from "../../../shared/api/audit.ts";
import { listAudit } from "../actions/list-audit.ts";
import { apiRoutes, json, refusals } from "./route.ts";

export const auditRoutes = apiRoutes();

const list = createRoute({
  method: "get",
  path: "/audit",
  operationId: "listAudit",
  tags: ["Audit"],
  summary: "Every change, newest first",
  request: { query: auditQueryShape },
  responses: { 200: json(auditPageShape, "A page"), ...refusals.list },
});

auditRoutes.openapi(list, async (context) =>
  context.json(await listAudit(context.var.hub, context.req.valid("query")), 200),
);
