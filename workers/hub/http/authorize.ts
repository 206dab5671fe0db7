import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { bearerChallenge, refuseBearerToken } from "../../../shared/api/bearer-token.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

const adminTokenName = "ADMIN_TOKEN";

/** Refuses a write without the bearer token. Refuses every write while no token is configured. */
export const adminOnly = behindToken({
  kind: "writes-closed",
  detail: "ADMIN_TOKEN is not set, so writes are disabled. Set it with: wrangler secret put ADMIN_TOKEN",
});

const adminRead = behindToken({
  kind: "private",
  detail: "ADMIN_TOKEN is not set, so this read is disabled. Set it with: wrangler secret put ADMIN_TOKEN",
});

/** Refuses to show requests of callers without the bearer token. Personal ones need the personal token, which was checked before. */
export const privateRead = createMiddleware<HubVariables>((context, next) =>
  context.var.mayReadPersonal ? next() : adminRead(context, next),
);

/**
 * Returns whether a public read has the token, so that its answer may contain inputs of callers. Refuses a wrong token,
 * so that its sender does not mistake the shorter answer for the complete one.
 */
export function hasToken(context: Context<HubVariables>): boolean {
  const authorization = context.req.header("Authorization");
  const { adminToken } = context.var.hub;
  if (context.var.mayReadPersonal) return true;
  if (authorization === undefined || !adminToken) return false;
  const refusal = refuseBearerToken(authorization, adminToken, adminTokenName);
  if (refusal) refuse(refusal, bearerChallenge);
  return true;
}

function behindToken(closed: Refusal) {
  return createMiddleware<HubVariables>(async (context, next) => {
    const { adminToken } = context.var.hub;
    if (!adminToken) refuse(closed);
    const refusal = refuseBearerToken(context.req.header("Authorization"), adminToken, adminTokenName);
    if (refusal) refuse(refusal, bearerChallenge);
    await next();
  });
}
