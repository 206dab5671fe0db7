/** The hub's HTTP API: all routes, and the answers to unknown paths and errors. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import type { Refusal } from "../../../shared/api/problem.ts";
import { traceOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { artefactRoutes } from "./artefacts.ts";
import { auditRoutes } from "./audit.ts";
import { backfillRoutes } from "./backfill.ts";
import { championRoutes } from "./champions.ts";
import type { HubVariables } from "./context.ts";
import { docsRoutes } from "./docs.ts";
import { feedRoutes } from "./feeds.ts";
import { flowRoutes } from "./flows.ts";
import { healthRoutes } from "./health.ts";
import { limitRate } from "./limit-rate.ts";
import { browserHeaders, methodAnswers } from "./methods.ts";
import { modelRoutes } from "./models.ts";
import { observationRoutes } from "./observations.ts";
import { type HubDocument, hubDocument } from "./openapi.ts";
import { originalMilkClRoutes } from "./original-milk-cl.ts";
import { personalOnly } from "./personal.ts";
import { predictRoutes } from "./predict.ts";
import { predictionRoutes } from "./predictions.ts";
import { recordRoutes } from "./record.ts";
import { Refused, refusalResponse, refuse } from "./refuse.ts";
import { reportRoutes } from "./reports.ts";
import { runRoutes } from "./runs.ts";
import { subscriptionRoutes } from "./subscriptions.ts";
import { tagRoutes } from "./tags.ts";

/** In the order of the document at `/openapi.json`. */
const described = [
  modelRoutes,
  artefactRoutes,
  tagRoutes,
  championRoutes,
  predictionRoutes,
  backfillRoutes,
  recordRoutes,
  reportRoutes,
  runRoutes,
  auditRoutes,
  feedRoutes,
  observationRoutes,
  flowRoutes,
  subscriptionRoutes,
  healthRoutes,
  originalMilkClRoutes,
];

/** Returns every route that the hub answers itself. The routes read the hub from the context of a request. */
export function hubRoutes(): OpenAPIHono<HubVariables> {
  const routes = new OpenAPIHono<HubVariables>();
  for (const each of described) routes.route("/", each);
  routes.route("/", docsRoutes(routes));
  return routes;
}

/** Returns the OpenAPI document of the whole service. */
export function serviceDocument(): HubDocument {
  return hubDocument(hubRoutes());
}

export function hubApp(hub: Hub): OpenAPIHono<HubVariables> {
  const app = new OpenAPIHono<HubVariables>();
  app.use(async (context, next) => {
    if (!URL.canParse(context.req.url) || !isHost(context.req.header("Host"))) refuse(malformedAddress);
    await next();
  });
  // Comes first, so that the headers below are not added to answers of predict.
  app.route("/", predictRoutes(hub));
  app.use(browserHeaders, async (context, next) => {
    context.set("hub", hub);
    await next();
  });
  app.use(limitRate);
  app.use(personalOnly);
  const routes = hubRoutes();
  app.route("/", routes);
  const answerMethod = methodAnswers(routes);
  app.notFound((context) => answerMethod(context) ?? refusalResponse(notFound(context.req)));
  app.onError((error, context) => {
    if (error instanceof Refused) return refusalResponse(error.refusal, error.headers);
    if (error instanceof HTTPException) return refusalResponse(unreadable(error));
    console.error(`${context.req.method} ${context.req.path}: ${traceOf(error)}`);
    return refusalResponse({
      kind: "internal",
      detail: "The request failed because of an internal error. Try again; the log has the details.",
    });
  });
  return app;
}

function notFound({ method, path }: { readonly method: string; readonly path: string }): Refusal {
  return {
    kind: "not-found",
    detail: `There is no route ${method} ${path}.`,
    allowed: [
      "GET /feeds",
      "GET /feeds/:feed/observations",
      "GET /feeds/:feed/problems",
      "GET /flows",
      "GET /models",
      "GET /reports",
      "GET, POST /predict/:forecast",
      "POST /invocations/:forecast",
      "GET /v2/models/:forecast",
      "GET /docs",
    ],
  };
}

/** Returns whether a Host header is missing, or a host name or address with an optional port. */
function isHost(host: string | undefined): boolean {
  return host === undefined || /^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?$/i.test(host);
}

/** The address of a request contains its `Host` header. */
const malformedAddress: Refusal = {
  kind: "bad-request",
  detail: "The Host header or the path cannot be parsed as an address.",
  expected: "a host name, optionally with a port",
};

/** Converts Hono's error about a body into a refusal. */
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
