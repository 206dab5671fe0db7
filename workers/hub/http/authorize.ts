import { createMiddleware } from "hono/factory";
import { bearerChallenge, refuseBearerToken } from "../../../shared/api/bearer-token.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

/** Admits a write only with the bearer token. Without a configured token every write is closed. */
export const adminOnly = behindToken({
  kind: "writes-closed",
  detail: "ADMIN_TOKEN is not set, so nothing can be written. Set it with: wrangler secret put ADMIN_TOKEN",
});

/** Admits a read of what callers have sent only with the bearer token. */
export const privateRead = behindToken({
  kind: "private",
  detail: "ADMIN_TOKEN is not set, so this cannot be read. Set it with: wrangler secret put ADMIN_TOKEN",
});

function behindToken(closed: Refusal) {
  return createMiddleware<HubVariables>(async (context, next) => {
    const { adminToken } = context.var.hub;
    if (!adminToken) refuse(closed);
    const refusal = refuseBearerToken(context.req.header("Authorization"), adminToken);
    if (refusal) refuse(refusal, bearerChallenge);
    await next();
  });
}
