/** Hands requests for predictions on to the predict Worker, so that one address serves everything. */
import { Hono } from "hono";
import type { Hub } from "../hub.ts";
import type { HubVariables } from "./context.ts";

const paths = ["/predict", "/predict/*", "/invocations", "/invocations/*", "/ping", "/version", "/v2", "/v2/*"];

export function predictRoutes({ predict }: Pick<Hub, "predict">): Hono<HubVariables> {
  const routes = new Hono<HubVariables>();
  for (const path of paths) routes.all(path, (context) => predict.fetch(context.req.raw));
  return routes;
}
