/** The hub's HTTP API. */
import { Hono } from "hono";
import { reasonOf } from "./flows/reason.ts";
import type { Hub } from "./hub.ts";
import { Refused, refusalResponse } from "./refuse.ts";
import { feedRoutes } from "./routes/feeds.ts";
import { flowRoutes } from "./routes/flows.ts";

export interface HubVariables {
  Variables: { hub: Hub };
}

export function hubApp(hub: Hub): Hono<HubVariables> {
  const app = new Hono<HubVariables>();
  app.use(async (context, next) => {
    context.set("hub", hub);
    await next();
    context.header("X-Content-Type-Options", "nosniff");
  });
  app.get("/health", (context) => context.json({ worker: "hub", ok: true }));
  app.route("/feeds", feedRoutes);
  app.route("/flows", flowRoutes);
  app.notFound((context) =>
    refusalResponse({
      kind: "not-found",
      detail: `Nothing answers ${context.req.method} ${context.req.path}.`,
      allowed: ["GET /feeds", "GET /feeds/:feed/observations", "GET /feeds/:feed/problems", "GET /flows"],
    }),
  );
  app.onError((error, context) => {
    if (error instanceof Refused) return error.response;
    console.error(`${context.req.method} ${context.req.path}: ${reasonOf(error)}`);
    return refusalResponse({
      kind: "internal",
      detail: "The request failed on our side; try again. The log says why.",
    });
  });
  return app;
}
