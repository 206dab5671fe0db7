/** The predict Worker's HTTP API: routes, and what every answer carries. */
import { Router } from "itty-router/Router";
import type { Refusal } from "../../shared/api/problem.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sameText } from "../../shared/same-text.ts";
import { refusalResponse } from "./respond.ts";
import { invocationRefusal, invocationRoute, pingRoute, versionRoute } from "./routes/mlflow.ts";
import { modelRoutes, openInferenceRefusal, serverRoutes } from "./routes/open-inference.ts";
import { predictRoute } from "./routes/predict.ts";
import type { Service } from "./service.ts";

/** One request and what it needs. */
export interface Call {
  readonly request: Request;
  readonly url: URL;
  readonly service: Service;
  /** The forecast of the path; the first of the catalogue where the path names none. */
  readonly forecast: string;
  readonly params: Readonly<Record<string, string>>;
  /** The answer's X-Request-Id. */
  readonly id: string;
  waitUntil(work: Promise<unknown>): void;
}

/** What a request comes with. */
type Context = Pick<Call, "waitUntil">;
type Handler = (call: Call) => Response | Promise<Response>;

export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<"GET" | "POST", Handler>>>;
  /** Open without PREDICT_TOKEN, and not counted: probes ask without one. */
  readonly isOpen?: boolean;
}

const routes: readonly Route[] = [
  { path: "/health", methods: { GET: () => Response.json({ worker: "predict", ok: true }) }, isOpen: true },
  { path: "/predict/:forecast?", methods: predictRoute },
  { path: "/invocations/:forecast?", methods: invocationRoute },
  { path: "/ping", methods: pingRoute, isOpen: true },
  { path: "/version", methods: versionRoute, isOpen: true },
  ...serverRoutes,
  ...modelRoutes,
];

const [defaultForecast] = forecasts;

/** Answers of one isolate. */
export function predictApp(service: Service): (request: Request, context: Context) => Promise<Response> {
  const router = Router();
  for (const { path, methods, isOpen } of routes) {
    const allowed = allowedBy(methods);
    router.all(path, async (request: Request & { params: Record<string, string> }, context: Context, id: string) => {
      if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { Allow: allowed } });
      const method = request.method === "HEAD" ? "GET" : request.method;
      const handler = method === "GET" || method === "POST" ? methods[method] : undefined;
      if (!handler) return wrongMethod(request, allowed);
      const refused = isOpen ? null : await refuseCaller(request, service);
      if (refused) return refused;
      const { params } = request;
      const forecast = params.forecast ?? defaultForecast?.id ?? "";
      const waitUntil = (work: Promise<unknown>) => context.waitUntil(work);
      return handler({ request, url: new URL(request.url), service, forecast, params, id, waitUntil });
    });
  }
  return async (request, context) => {
    const id = requestId(request, service);
    const answer = await answered(() => router.fetch(request, context, id), request);
    return dressed(answer, { request, id });
  };
}

async function answered(run: () => Promise<Response | undefined>, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  try {
    const answer = await run();
    if (answer) return answer;
  } catch (error) {
    console.error(`${request.method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return refusalFor(request)({
      kind: "internal",
      detail: "The request failed on our side; try again. The log says why.",
    });
  }
  const allowed = routes.map((route) => `${Object.keys(route.methods).join(", ")} ${route.path}`);
  return refusalFor(request)({ kind: "not-found", detail: `Nothing answers ${request.method} ${path}.`, allowed });
}

/** A refusal in the words of the protocol that is spoken at the request's path. */
function refusalFor(request: Request): (refusal: Refusal, headers?: Readonly<Record<string, string>>) => Response {
  const [, first] = new URL(request.url).pathname.split("/");
  if (first === "v2") return openInferenceRefusal;
  return first === "invocations" ? invocationRefusal : refusalResponse;
}

function allowedBy(methods: Route["methods"]): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .concat("OPTIONS")
    .join(", ");
}

function wrongMethod(request: Request, allowed: string): Response {
  const detail = `${request.method} is not done here.`;
  const refusal = { kind: "method-not-allowed", detail, found: request.method, expected: allowed } as const;
  return refusalFor(request)(refusal, { Allow: allowed });
}

/** Without the token, where one is set, or beyond the rate; null for a caller who may go on. */
async function refuseCaller(request: Request, { token, allows }: Service): Promise<Response | null> {
  const given = /^Bearer (.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (token !== undefined && (given === undefined || !sameText(given, token))) {
    const detail = given
      ? "The token is not the one that this service was given."
      : "Send the token as: Authorization: Bearer <token>";
    return refusalFor(request)({ kind: "unauthorized", detail }, { "WWW-Authenticate": "Bearer" });
  }
  const address = request.headers.get("CF-Connecting-IP") ?? "unknown";
  if (await allows(token === undefined ? address : `token ${address}`)) return null;
  const detail = "Too many requests came from your address; send batches of instances, or wait.";
  return refusalFor(request)({ kind: "too-many-requests", detail }, { "Retry-After": "60" });
}

/** The caller's own id, where it is one that a log can hold. */
function requestId(request: Request, service: Service): string {
  const given = request.headers.get("X-Request-Id") ?? "";
  return /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : service.newId();
}

/** What every answer carries; no body for HEAD. The answer is our own: its headers are set where they are, for a copy costs. */
function dressed(answer: Response, { request, id }: { readonly request: Request; readonly id: string }): Response {
  const { headers } = answer;
  headers.set("X-Request-Id", id);
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Expose-Headers", "ETag, Retry-After, Server-Timing, X-Request-Id");
  if (request.method === "OPTIONS") {
    headers.set("Access-Control-Allow-Methods", headers.get("Allow") ?? "GET, HEAD, POST, OPTIONS");
    headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match, X-Request-Id");
    headers.set("Access-Control-Max-Age", "86400");
  }
  return request.method === "HEAD" ? new Response(null, { status: answer.status, headers }) : answer;
}
