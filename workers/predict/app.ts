/** The predict Worker's HTTP API: its routes, and the headers of every answer. */
import { bearerChallenge, refuseBearerToken } from "../../shared/api/bearer-token.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import { describeValue } from "../../shared/predict/describe-value.ts";
import { addressOf } from "./address.ts";
import type { Background } from "./background.ts";
import { addressOfCaller, type Handler, type Route } from "./call.ts";
import { refusePersonal } from "./personal.ts";
import { type Reply, refusalReply } from "./respond.ts";
import { RouteMatcher } from "./route-matcher.ts";
import { invocationRefusal, invocationRoute, pingRoute, versionRoute } from "./routes/mlflow.ts";
import { modelRoutes, openInferenceRefusal, serverRoutes } from "./routes/open-inference.ts";
import { predictRoute } from "./routes/predict.ts";
import { servingRoute } from "./routes/serving.ts";
import type { Service } from "./service.ts";

const healthy: Reply = {
  status: 200,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ worker: "predict", ok: true }),
};

const routes: readonly Route[] = [
  { path: "/health", methods: { GET: () => healthy }, isOpen: true },
  { path: "/predict/:forecast?", methods: predictRoute },
  { path: "/serving/:forecast", methods: servingRoute },
  { path: "/invocations/:forecast?", methods: invocationRoute },
  { path: "/ping", methods: pingRoute, isOpen: true },
  { path: "/version", methods: versionRoute, isOpen: true },
  ...serverRoutes,
  ...modelRoutes,
];

/**
 * Returns the request handler of one isolate. It awaits only values that are not in memory, because each await
 * measurably reduces the throughput.
 */
export function predictApp(service: Service): (request: Request, context: Background) => Promise<Response> {
  const matcher = new RouteMatcher(routes);
  return async (request, context) => {
    const callerId = callerIdOf(request);
    const id = callerId ?? service.newId();
    const { method, url } = request;
    const address = addressOf(url);
    if (address === null) return responseOf(refusalReply(malformedAddress), { request, method, id });
    const { path, query } = address;
    let reply: Reply;
    try {
      const match = matcher.match(path);
      const handler = match === null ? null : handlerOf(match.route, method);
      if (match === null || handler === null) {
        reply = match === null ? notFound(method, path) : unhandled(match.route, method, path);
      } else {
        const { params, forecast, route } = match;
        const refused = route.isOpen === true ? null : refuseToken(request, service, path);
        const isAccepted = refused === null && (route.isOpen === true || (await isWithinRate(request, service)));
        const wait = isAccepted && route.isOpen !== true ? secondsToWait(request, service) : 0;
        const refusal = refused ?? (isAccepted ? null : tooMany(path)) ?? (wait > 0 ? tooCostly(path, wait) : null);
        const isOwnId = callerId === null;
        reply = refusal ?? (await handler({ request, method, query, service, id, isOwnId, context, params, forecast }));
      }
    } catch (error) {
      console.error(`${method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      reply = refusalAt(path)({
        kind: "internal",
        detail: "The request failed because of an internal error. Try again; the log has the details.",
      });
    }
    return responseOf(reply, { request, method, id });
  };
}

/** Returns the handler of a method; GET's for HEAD. Null if the route has none. */
function handlerOf({ methods }: Route, method: string): Handler | null {
  const handled = method === "HEAD" ? "GET" : method;
  return handled === "GET" || handled === "POST" ? (methods[handled] ?? null) : null;
}

/** Answers OPTIONS, and refuses any other method without a handler. */
function unhandled({ methods }: Route, method: string, path: string): Reply {
  const allowed = allowedBy(methods);
  if (method === "OPTIONS") return { status: 204, headers: { Allow: allowed }, body: null };
  return wrongMethod(method, { path, allowed });
}

const malformedAddress: Refusal = {
  kind: "bad-request",
  detail: "The Host header or the path cannot be parsed as an address.",
  expected: "a host name, optionally with a port",
};

function notFound(method: string, path: string): Reply {
  const allowed = routes.map((route) => `${Object.keys(route.methods).join(", ")} ${route.path}`);
  return refusalAt(path)({ kind: "not-found", detail: `There is no route ${method} ${describeValue(path)}.`, allowed });
}

/** Returns the function that writes refusals in the form of the path's protocol. */
function refusalAt(path: string): (refusal: Refusal, headers?: Readonly<Record<string, string>>) => Reply {
  const [, first] = path.split("/");
  if (first === "v2") return openInferenceRefusal;
  return first === "invocations" ? invocationRefusal : refusalReply;
}

function allowedBy(methods: Route["methods"]): string {
  return Object.keys(methods)
    .flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    .concat("OPTIONS")
    .join(", ");
}

function wrongMethod(found: string, { path, allowed }: { readonly path: string; readonly allowed: string }): Reply {
  const detail = `Method not allowed. This address accepts ${allowed}.`;
  const refusal = { kind: "method-not-allowed", detail, found, expected: allowed } as const;
  return refusalAt(path)(refusal, { Allow: allowed });
}

/** Returns whether the caller is within the rate limit. */
function isWithinRate(request: Request, { token, allows }: Service): Promise<boolean> {
  const address = addressOfCaller(request);
  return allows(token === undefined ? address : `token ${address}`);
}

function secondsToWait(request: Request, { budget, now }: Service): number {
  return budget?.secondsToWait(addressOfCaller(request), now().getTime()) ?? 0;
}

function tooCostly(path: string, seconds: number): Reply {
  const detail = `Requests from your address have used their computing time. Wait ${seconds} s, or send fewer rows and explanations.`;
  return refusalAt(path)({ kind: "too-many-requests", detail }, { "Retry-After": String(seconds) });
}

function tooMany(path: string): Reply {
  const detail = "Too many requests from your address. Send several instances in one request, or wait a minute.";
  return refusalAt(path)({ kind: "too-many-requests", detail }, { "Retry-After": "60" });
}

/** Returns null if no token is configured, or if the request has it or the personal one. */
function refuseToken(request: Request, { token, personalToken }: Service, path: string): Reply | null {
  if (token === undefined || refusePersonal(request, personalToken) === null) return null;
  const refusal = refuseBearerToken(request.headers.get("Authorization"), token, "PREDICT_TOKEN");
  return refusal && refusalAt(path)(refusal, bearerChallenge);
}

/** Returns the caller's request id; null if there is none, or if it is not safe to log. */
function callerIdOf(request: Request): string | null {
  const id = request.headers.get("X-Request-Id");
  return id !== null && /^[A-Za-z0-9._-]{1,128}$/.test(id) ? id : null;
}

interface AnsweredCall {
  readonly request: Request;
  readonly method: string;
  readonly id: string;
}

/** Adds the headers of every answer, and omits the body for HEAD. */
function responseOf({ status, headers, body }: Reply, { request, method, id }: AnsweredCall): Response {
  const all: Record<string, string> = { ...headers, "X-Request-Id": id, "Access-Control-Allow-Origin": "*" };
  // Headers that only browsers use are omitted where possible, because each one takes time. A cached answer to GET needs them.
  if (method !== "POST" || request.headers.has("Origin")) {
    all["X-Content-Type-Options"] = "nosniff";
    all["Access-Control-Expose-Headers"] =
      "ETag, Inference-Header-Content-Length, Retry-After, Server-Timing, X-Request-Id";
  }
  if (method === "OPTIONS") {
    all["Access-Control-Allow-Methods"] = headers.Allow ?? "GET, HEAD, POST, OPTIONS";
    all["Access-Control-Allow-Headers"] =
      "Authorization, Content-Type, If-None-Match, Inference-Header-Content-Length, X-Request-Id";
    all["Access-Control-Max-Age"] = "86400";
  }
  return new Response(method === "HEAD" ? null : body, { status, headers: all });
}
