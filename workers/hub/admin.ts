import { createMiddleware } from "hono/factory";
import type { Refusal } from "../../shared/api/problem.ts";
import { constantTimeEqual } from "../../shared/lib/constant-time-equal.ts";
import type { HubVariables } from "./app.ts";
import { refuse } from "./refuse.ts";

/** Lets a write through only with the bearer token. Without a configured token every write is closed. */
export const adminOnly = behindToken({
  kind: "writes-closed",
  detail: "ADMIN_TOKEN is not set, so nothing can be written. Set it with: wrangler secret put ADMIN_TOKEN",
});

/** The same for reads of what callers may want to keep to themselves. */
export const privateRead = behindToken({
  kind: "private",
  detail: "ADMIN_TOKEN is not set, so this cannot be read. Set it with: wrangler secret put ADMIN_TOKEN",
});

function behindToken(closed: Refusal) {
  return createMiddleware<HubVariables>(async (context, next) => {
    const { adminToken } = context.var.hub;
    if (!adminToken) refuse(closed);
    const given = /^Bearer (.+)$/i.exec(context.req.header("Authorization") ?? "")?.[1];
    if (!given || !constantTimeEqual(given, adminToken)) {
      const detail = given
        ? "The token is not the one this hub was given."
        : "Send the token as: Authorization: Bearer <token>";
      refuse({ kind: "unauthorized", detail }, { "WWW-Authenticate": "Bearer" });
    }
    await next();
  });
}
