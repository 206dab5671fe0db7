/** Forwards requests for predictions to the predict Worker, so that one address serves the whole API. */
import { Hono } from "hono";
import type { Hub } from "../hub.ts";
import { type PreparingHub, servingPrepared } from "../serving/prepare-serving.ts";
import type { HubVariables } from "./context.ts";
import { forPredict } from "./personal.ts";

const paths = [
  "/predict",
  "/predict/*",
  "/serving/*",
  "/invocations",
  "/invocations/*",
  "/ping",
  "/version",
  "/v2",
  "/v2/*",
];

export function predictRoutes(
  hub: PreparingHub & Pick<Hub, "predict" | "sleep" | "adminToken" | "personalToken">,
): Hono<HubVariables> {
  const routes = new Hono<HubVariables>();
  const prepared = servingPrepared(hub);
  for (const path of paths) {
    routes.all(path, async (context) => {
      await prepared();
      return hub.predict.fetch(forPredict(hub, context.req.raw));
    });
  }
  return routes;
}
