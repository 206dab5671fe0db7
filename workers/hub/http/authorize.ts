import { createMiddleware } from "hono/factory";
import { bearerChallenge, refuseBearerToken } from "../../../shared/api/bearer-token.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

/** Refuses a write without the bearer token. Refuses every write while no token is configured. */
export const adminOnly = behindToken({
  kind: "writes-closed",
  detail: "ADMIN_TOKEN is not set, so writes are disabled. Set it with: wrangler secret put ADMIN_TOKEN",
});

/** Refuses to show requests of callers without the bearer token. */
export const privateRead = behindToken({
  kind: "private",
  detail: "ADMIN_TOKEN is not set, so this read is disabled. Set it with: wrangler secret put ADMIN_TOKEN",
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
