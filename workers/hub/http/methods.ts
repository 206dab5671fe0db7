/** Headers for browsers on every answer of the hub, OPTIONS, and 405 for a method that an address does not have. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { TrieRouter } from "hono/router/trie-router";
import type { HubVariables } from "./context.ts";
import { refusalResponse } from "./refuse.ts";

/** Headers that a page of another origin may read. */
const exposed =
  "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified, Link, Location, Retry-After";
/** Headers that a page of another origin may send. */
const accepted =
  "Accept, Authorization, Content-Digest, Content-Type, If-Modified-Since, If-None-Match, If-Range, Range, X-Almanac-Actor";

/** Adds the headers that every answer has. Any page may read, because reads are public and writes need a token in a header. */
export const browserHeaders: MiddlewareHandler<HubVariables> = async (context, next) => {
  await next();
  context.header("X-Content-Type-Options", "nosniff");
  context.header("Access-Control-Allow-Origin", "*");
  context.header("Access-Control-Expose-Headers", exposed);
  if (!context.res.headers.has("Vary")) context.header("Vary", "Accept, Accept-Encoding, Origin");
};

/** Returns a function that answers a request whose path has routes, but none for its method. Null if the path has no route. */
export function methodAnswers({ routes }: OpenAPIHono<HubVariables>): (context: Context) => Response | null {
  const router = new TrieRouter<string>();
  for (const { method, path } of routes) if (method !== "ALL") router.add("ALL", path, method);
  return ({ req }) => {
    const methods = new Set(router.match("ALL", req.path)[0].map(([method]) => method));
    if (methods.size === 0) return null;
    const allowed = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
      .filter((method) => method === "OPTIONS" || methods.has(method === "HEAD" ? "GET" : method))
      .join(", ");
    return req.method === "OPTIONS" ? optionsResponse(allowed) : wrongMethod(req.method, allowed);
  };
}

function optionsResponse(allowed: string): Response {
  const headers = {
    Allow: allowed,
    "Access-Control-Allow-Methods": allowed,
    "Access-Control-Allow-Headers": accepted,
    "Access-Control-Max-Age": "86400",
  };
  return new Response(null, { status: 204, headers });
}

function wrongMethod(found: string, allowed: string): Response {
  const detail = `Method not allowed. This address accepts ${allowed}.`;
  return refusalResponse({ kind: "method-not-allowed", detail, found, expected: allowed }, { Allow: allowed });
}
