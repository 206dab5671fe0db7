/** The hub's HTTP API. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import type { Refusal } from "../../shared/api/problem.ts";
import { traceOf } from "./flows/reason.ts";
import type { Hub } from "./hub.ts";
import { Refused, refusalResponse } from "./refuse.ts";
import { artefactRoutes } from "./routes/artefacts.ts";
import { auditRoutes } from "./routes/audit.ts";
import { docsRoutes } from "./routes/docs.ts";
import { feedRoutes } from "./routes/feeds.ts";
import { flowRoutes } from "./routes/flows.ts";
import { forecastRoutes } from "./routes/forecasts.ts";
import { modelRoutes } from "./routes/models.ts";
import { predictRoutes } from "./routes/predict.ts";
import { predictionRoutes } from "./routes/predictions.ts";
import { runRoutes } from "./routes/runs.ts";
import { tagRoutes } from "./routes/tags.ts";

export interface HubVariables {
  Variables: { hub: Hub };
}

export function hubApp(hub: Hub): OpenAPIHono<HubVariables> {
  const app = new OpenAPIHono<HubVariables>();
  // Before everything else: these answers are predict's own, headers and all.
  app.route("/", predictRoutes(hub));
  app.use(async (context, next) => {
    context.set("hub", hub);
    await next();
    context.header("X-Content-Type-Options", "nosniff");
  });
  app.get("/health", (context) => context.json({ worker: "hub", ok: true }));
  app.route("/feeds", feedRoutes);
  app.route("/flows", flowRoutes);
  app.route("/forecasts", forecastRoutes);
  app.route("/forecasts", predictionRoutes);
  app.route("/models", modelRoutes);
  app.route("/models", artefactRoutes);
  app.route("/models", tagRoutes);
  app.route("/runs", runRoutes);
  app.route("/audit", auditRoutes);
  app.route("/", docsRoutes(app));
  app.notFound((context) =>
    refusalResponse({
      kind: "not-found",
      detail: `Nothing answers ${context.req.method} ${context.req.path}.`,
      allowed: [
        "GET /feeds",
        "GET /feeds/:feed/observations",
        "GET /feeds/:feed/problems",
        "GET /flows",
        "GET /models",
        "GET, POST /predict/:forecast",
        "POST /invocations/:forecast",
        "GET /v2/models/:forecast",
        "GET /docs",
      ],
    }),
  );
  app.onError((error, context) => {
    if (error instanceof Refused) return error.response;
    if (error instanceof HTTPException) return refusalResponse(unreadable(error));
    console.error(`${context.req.method} ${context.req.path}: ${traceOf(error)}`);
    return refusalResponse({
      kind: "internal",
      detail: "The request failed on our side; try again. The log says why.",
    });
  });
  return app;
}

/** What the library says of a body that it cannot read, in our words. */
function unreadable({ status, message }: HTTPException): Refusal {
  if (status === 415) {
    return {
      kind: "unsupported-media-type",
      detail: "Send the body as JSON.",
      expected: "Content-Type: application/json",
    };
  }
  return { kind: "bad-request", detail: message };
}
