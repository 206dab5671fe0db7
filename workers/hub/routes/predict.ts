/** What the predict Worker answers, under the hub's address too. */
import { Hono } from "hono";
import type { HubVariables } from "../app.ts";
import type { Hub } from "../hub.ts";

const paths = ["/predict", "/predict/*", "/invocations", "/invocations/*", "/ping", "/version", "/v2", "/v2/*"];

export function predictRoutes({ predict }: Hub): Hono<HubVariables> {
  const routes = new Hono<HubVariables>();
  for (const path of paths) routes.all(path, (context) => predict.fetch(context.req.raw));
  return routes;
}
