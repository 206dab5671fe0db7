/** Closes every address that names a personal feed or forecast, so that a new route cannot forget it. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { bearerChallenge, refuseBearerToken } from "../../../shared/api/bearer-token.ts";
import { closedPersonal } from "../../../shared/api/personal-token.ts";
import type { Hub } from "../hub.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

/**
 * Refuses a request for personal data without `PERSONAL_TOKEN` or `ADMIN_TOKEN`. Refuses every such request while neither is
 * configured. Its answers are not stored by caches.
 */
export const personalOnly = createMiddleware<HubVariables>(async (context, next) => {
  const { method, path } = context.req;
  const { hub } = context.var;
  if (method === "OPTIONS" || !isPersonal(path, hub)) {
    await next();
    return;
  }
  requirePersonal(context);
  context.set("mayReadPersonal", true);
  await next();
  context.header("Cache-Control", "no-store");
});

/** Ends a request for personal data without `PERSONAL_TOKEN` or `ADMIN_TOKEN`, and every one while neither is configured. */
export function requirePersonal(context: Context<HubVariables>): void {
  const { hub } = context.var;
  const authorization = context.req.header("Authorization");
  if (isAdmin(hub, authorization)) return;
  if (!hub.personalToken) refuse(closedPersonal);
  const refusal = refuseBearerToken(authorization, hub.personalToken, "PERSONAL_TOKEN or ADMIN_TOKEN");
  if (refusal) refuse(refusal, bearerChallenge);
}

/** Returns the request for predict. The holder of the admin token gets the personal one, because predict does not have the other. */
export function forPredict({ adminToken, personalToken }: Pick<Hub, "adminToken" | "personalToken">, request: Request) {
  if (!personalToken || !isAdmin({ adminToken }, request.headers.get("Authorization"))) return request;
  const headers = new Headers(request.headers);
  headers.set("Authorization", `Bearer ${personalToken}`);
  return new Request(request, { headers });
}

function isAdmin({ adminToken }: Pick<Hub, "adminToken">, authorization: string | null | undefined): boolean {
  return adminToken !== undefined && adminToken !== "" && refuseBearerToken(authorization, adminToken) === null;
}

function isPersonal(path: string, { personalNames }: Pick<Hub, "personalNames">): boolean {
  return path.split("/").some((segment) => personalNames.has(decoded(segment)));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
