import { createMiddleware } from "hono/factory";
import { refuseBearerToken } from "../../../shared/api/bearer-token.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

/** Refuses callers above the rate limit of their address. Holders of the token and probes are not limited. */
export const limitRate = createMiddleware<HubVariables>(async (context, next) => {
  const { adminToken, allows } = context.var.hub;
  const authorization = context.req.header("Authorization");
  const hasToken = adminToken !== undefined && refuseBearerToken(authorization, adminToken) === null;
  const address = context.req.header("CF-Connecting-IP") ?? "unknown";
  if (context.req.path !== "/health" && !hasToken && !(await allows(address))) {
    const detail = "Too many requests from your address. Wait a minute.";
    refuse({ kind: "too-many-requests", detail }, { "Retry-After": "60" });
  }
  await next();
});
