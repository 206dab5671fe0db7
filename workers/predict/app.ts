/** The predict Worker's HTTP API: routes, and what every answer carries. */
import { Router } from "itty-router/Router";
import { bearerChallenge, refuseBearerToken } from "../../shared/api/bearer-token.ts";
import type { Refusal } from "../../shared/api/problem.ts";
import type { Background } from "./background.ts";
import type { Handler, Route } from "./call.ts";
import { type Reply, refusalReply } from "./respond.ts";
import { invocationRefusal, invocationRoute, pingRoute, versionRoute } from "./routes/mlflow.ts";
import { modelRoutes, openInferenceRefusal, serverRoutes } from "./routes/open-inference.ts";
import { predictRoute } from "./routes/predict.ts";
import type { Service } from "./service.ts";

const healthy: Reply = {
  status: 200,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ worker: "predict", ok: true }),
};

const routes: readonly Route[] = [
  { path: "/health", methods: { GET: () => healthy }, isOpen: true },
  { path: "/predict/:forecast?", methods: predictRoute },
  { path: "/invocations/:forecast?", methods: invocationRoute },
  { path: "/ping", methods: pingRoute, isOpen: true },
  { path: "/version", methods: versionRoute, isOpen: true },
  ...serverRoutes,
  ...modelRoutes,
];

/** A route as itty reads its path; its own dispatcher would parse the address and the query once more for every request. */
interface Compiled extends Pick<Route, "methods" | "isOpen"> {
  readonly pattern: RegExp;
  readonly allowed: string;
}

function compiled({ path, methods, isOpen = false }: Route): Compiled {
  const [one] = Router().all(path).routes;
  if (one === undefined) throw new Error(`${path} is no path`);
  return { pattern: one[1], methods, isOpen, allowed: allowedBy(methods) };
}

/** Where a path leads. */
interface Place {
  readonly route: Compiled;
  readonly params: Readonly<Record<string, string>>;
  /** Null where the path names none. */
  readonly forecast: string | null;
}

/** Anybody may ask for any path. */
const placesMax = 200;

/** The same few paths are asked for again and again: they are matched once. */
class Places {
  readonly #routes = routes.map(compiled);
  readonly #kept = new Map<string, Place>();

  /** Null where no route has this path. */
  of(path: string): Place | null {
    const kept = this.#kept.get(path);
    if (kept) return kept;
    for (const route of this.#routes) {
      const found = route.pattern.exec(path);
      if (found === null) continue;
      const params = unescaped(found.groups ?? {});
      const place = { route, params, forecast: params.forecast ?? null };
      if (this.#kept.size < placesMax) this.#kept.set(path, place);
      return place;
    }
    return null;
  }
}

/** Answers of one isolate. What is known is not waited for: an await more for every request is seen in what an isolate can do. */
export function predictApp(service: Service): (request: Request, context: Background) => Promise<Response> {
  const places = new Places();
  return async (request, context) => {
    const given = givenId(request);
    const id = given ?? service.newId();
    const { method, url } = request;
    const { path, query } = addressOf(url);
    let reply: Reply;
    try {
      const place = places.of(path);
      const handler = place === null ? null : handlerOf(place.route, method);
      if (place === null || handler === null) {
        reply = place === null ? nothingAnswers(method, path) : unhandled(place.route, method, path);
      } else {
        const { params, forecast, route } = place;
        const refused = route.isOpen ? null : refuseToken(request, service.token, path);
        const isWelcome = refused === null && (route.isOpen || (await isAllowed(request, service)));
        const isOwnId = given === null;
        reply = isWelcome
          ? await handler({ request, method, query, service, id, isOwnId, context, params, forecast })
          : (refused ?? tooMany(path));
      }
    } catch (error) {
      console.error(`${method} ${path}: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      reply = refusalAt(path)({
        kind: "internal",
        detail: "The request failed on our side; try again. The log says why.",
      });
    }
    return responseOf(reply, { request, method, id });
  };
}

/** HEAD is answered as GET. */
function handlerOf({ methods }: Compiled, method: string): Handler | null {
  const answered = method === "HEAD" ? "GET" : method;
  return answered === "GET" || answered === "POST" ? (methods[answered] ?? null) : null;
}

/** The answer to a method that no handler takes. */
function unhandled({ allowed }: Compiled, method: string, path: string): Reply {
  if (method === "OPTIONS") return { status: 204, headers: { Allow: allowed }, body: null };
  return wrongMethod(method, { path, allowed });
}

/** A path's names as they were before they were escaped; what is no escape stays. */
function unescaped(groups: Readonly<Record<string, string>>): Record<string, string> {
  const params: Record<string, string> = { ...groups };
  for (const [name, value] of Object.entries(groups)) {
    if (!value?.includes("%")) continue;
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      // A lone % is part of the name, which is then unknown as it stands.
    }
  }
  return params;
}

/** An address that has nothing to be parsed: no query, no dots, no escapes. */
const plainAddress = /^https?:\/\/[^/?#@\\]+(\/[\w/-]*)$/;

function addressOf(url: string): { readonly path: string; readonly query: URLSearchParams | null } {
  const path = plainAddress.exec(url)?.[1];
  if (path !== undefined) return { path, query: null };
  const { pathname, searchParams } = new URL(url);
  return { path: pathname, query: searchParams };
}

function nothingAnswers(method: string, path: string): Reply {
  const allowed = routes.map((route) => `${Object.keys(route.methods).join(", ")} ${route.path}`);
  return refusalAt(path)({ kind: "not-found", detail: `Nothing answers ${method} ${path}.`, allowed });
}

/** A refusal in the words of the protocol that is spoken at a path. */
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
  const detail = `${found} is not done here.`;
  const refusal = { kind: "method-not-allowed", detail, found, expected: allowed } as const;
  return refusalAt(path)(refusal, { Allow: allowed });
}

/** Whether the caller is within the rate. */
function isAllowed(request: Request, { token, allows }: Service): Promise<boolean> {
  const address = request.headers.get("CF-Connecting-IP") ?? "unknown";
  return allows(token === undefined ? address : `token ${address}`);
}

function tooMany(path: string): Reply {
  const detail = "Too many requests came from your address; send batches of instances, or wait a minute.";
  return refusalAt(path)({ kind: "too-many-requests", detail }, { "Retry-After": "60" });
}

/** Returns null where no token is needed or the right one was sent. */
function refuseToken(request: Request, token: string | undefined, path: string): Reply | null {
  if (token === undefined) return null;
  const refusal = refuseBearerToken(request.headers.get("Authorization"), token);
  return refusal && refusalAt(path)(refusal, bearerChallenge);
}

/** The caller's own id, where it is one that a log can hold. */
function givenId(request: Request): string | null {
  const given = request.headers.get("X-Request-Id");
  return given !== null && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : null;
}

interface Asked {
  readonly request: Request;
  readonly method: string;
  readonly id: string;
}

/** With what every answer carries; no body for HEAD. */
function responseOf({ status, headers, body }: Reply, { request, method, id }: Asked): Response {
  const all: Record<string, string> = { ...headers, "X-Request-Id": id, "Access-Control-Allow-Origin": "*" };
  // What only a page's browser heeds: each header has its price. An answer to GET may be kept for others.
  if (method !== "POST" || request.headers.has("Origin")) {
    all["X-Content-Type-Options"] = "nosniff";
    all["Access-Control-Expose-Headers"] = "ETag, Retry-After, Server-Timing, X-Request-Id";
  }
  if (method === "OPTIONS") {
    all["Access-Control-Allow-Methods"] = headers.Allow ?? "GET, HEAD, POST, OPTIONS";
    all["Access-Control-Allow-Headers"] = "Authorization, Content-Type, If-None-Match, X-Request-Id";
    all["Access-Control-Max-Age"] = "86400";
  }
  return new Response(method === "HEAD" ? null : body, { status, headers: all });
}
