import { createMiddleware } from "hono/factory";
import { sameText } from "../../shared/same-text.ts";
import type { HubVariables } from "./app.ts";
import { refuse } from "./refuse.ts";

/** Lets a write through only with the bearer token. Without a configured token every write is closed. */
export const adminOnly = createMiddleware<HubVariables>(async (context, next) => {
  const { adminToken } = context.var.hub;
  if (!adminToken) {
    refuse({
      kind: "writes-closed",
      detail: "ADMIN_TOKEN is not set, so nothing can be written. Set it with: wrangler secret put ADMIN_TOKEN",
    });
  }
  const given = /^Bearer (.+)$/i.exec(context.req.header("Authorization") ?? "")?.[1];
  if (!given || !sameText(given, adminToken)) {
    const detail = given
      ? "The token is not the one this hub was given."
      : "Send the token as: Authorization: Bearer <token>";
    refuse({ kind: "unauthorized", detail }, { "WWW-Authenticate": "Bearer" });
  }
  await next();
});
