/** `/audit`: who changed what and why. */
import { createRoute, z } from "@hono/zod-openapi";
import { auditShape } from "../../../shared/api/audit.ts";
import { listAudit } from "../../../shared/db/audit.ts";
import { auditKinds } from "../../../shared/registry/states.ts";
import { apiRoutes, json } from "../api.ts";
import { limitQuery } from "./page.ts";

export const auditRoutes = apiRoutes();

const query = z.strictObject({
  forecast: z.string().optional(),
  version: z.string().optional(),
  what: z.enum(auditKinds).optional(),
  cursor: z.coerce.number().int().optional().describe("`next` of the page before"),
  limit: limitQuery(1_000, 100),
});

const list = createRoute({
  method: "get",
  path: "/",
  tags: ["Audit"],
  summary: "Every change, newest first",
  request: { query },
  responses: { 200: json(z.object({ audit: z.array(auditShape), next: z.number().nullable() }), "A page") },
});

auditRoutes.openapi(list, async (context) => {
  const { cursor, limit, ...filter } = context.req.valid("query");
  const rows = await listAudit(context.var.hub.db, { ...filter, before: cursor, limit: limit + 1 });
  const page = rows.slice(0, limit);
  return context.json({ audit: page, next: rows.length > limit ? (page.at(-1)?.id ?? null) : null }, 200);
});
