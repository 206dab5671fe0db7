/** Shared parts of described routes: validation, the actor, and descriptions of bodies and refusals. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { problemShape } from "../../../shared/api/problem-shape.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { exceededJsonLimit, type JsonLimits } from "../../../shared/lib/json-limits.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";
import { refuseInvalid } from "./refuse-invalid.ts";

/** 500 trials with many parameters need half of it. A SQL statement may have twice as many bytes. */
const jsonBytesMax = 1_000_000;

/** Creates an app whose routes are validated with zod and described at `/openapi.json`. */
export function apiRoutes(): OpenAPIHono<HubVariables> {
  const routes = new OpenAPIHono<HubVariables>({
    defaultHook(result, context) {
      if (!result.success) refuseInvalid(result, context, routes.openAPIRegistry.definitions);
    },
  });
  return routes;
}

const limitBytes = bodyLimit({
  maxSize: jsonBytesMax,
  onError: () =>
    refuse({ kind: "too-large", detail: "The body is too large.", expected: `at most ${jsonBytesMax} bytes` }),
});

/** Deeply nested text needs many times its size in memory. */
const jsonLimits: JsonLimits = { depthMax: 64, valuesMax: 200_000, containersMax: 50_000 };

/** Limits a JSON body before it is parsed: its bytes, its depth and its number of values. */
export const jsonBody = createMiddleware<HubVariables>((context, next) =>
  limitBytes(context, async () => {
    const found = exceededJsonLimit(await context.req.text(), jsonLimits);
    if (found !== null) refuse({ kind: "too-large", detail: "The body has too many values.", found });
    await next();
  }),
);

/** Describes a JSON answer. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** Describes an answer that is JSON or CSV. */
export function jsonOrCsv<T extends z.ZodType>(schema: T, description: string) {
  return {
    description,
    headers: z.object({ Link: z.string().optional().describe('Address of the next page, `rel="next"`') }),
    content: { "application/json": { schema }, "text/csv": { schema: { type: "string" } } },
  } as const;
}

export function jsonRequest<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}

export const binary = { "application/octet-stream": { schema: { type: "string", format: "binary" } } } as const;

const problem = { content: { "application/problem+json": { schema: problemShape } } };
const badQuery = { description: "A number of the query cannot be read", ...problem };
const badPage = { description: "The cursor or a number of the query cannot be read", ...problem };
const unauthorized = { description: "The token is missing or wrong", ...problem };
const notFound = { description: "Unknown name; `allowed` lists the existing names", ...problem };
const unprocessable = { description: "A value is not allowed; `found` and `expected` describe it", ...problem };

/** Describes the refusals of each kind of route. */
export const refusals = {
  list: { 400: badQuery, 422: unprocessable },
  /** Public reads that show more with the token. */
  openList: { 400: badQuery, 401: unauthorized, 422: unprocessable },
  openRead: { 401: unauthorized, 404: notFound },
  openFilteredRead: { 400: badQuery, 401: unauthorized, 404: notFound, 422: unprocessable },
  read: { 404: notFound },
  filteredRead: { 400: badQuery, 404: notFound, 422: unprocessable },
  fileInLanguage: {
    400: { description: "The language does not exist; `allowed` lists the languages", ...problem },
    404: {
      description: "Unknown name, or a language in which it was not published; `allowed` lists those that exist",
      ...problem,
    },
    422: unprocessable,
  },
  page: { 400: badPage, 404: notFound, 422: unprocessable },
  privatePage: {
    400: badPage,
    401: unauthorized,
    403: { description: "`ADMIN_TOKEN` is not set, so this read is disabled", ...problem },
    404: notFound,
    422: unprocessable,
  },
  write: {
    401: unauthorized,
    403: { description: "`ADMIN_TOKEN` is not set, so writes are disabled", ...problem },
    404: notFound,
    409: { description: "The current state does not allow this", ...problem },
    422: unprocessable,
  },
  body: {
    400: { description: "`Content-Length` or `Content-Digest` is malformed", ...problem },
    411: { description: "`Content-Length` is missing", ...problem },
    413: { description: "The body is too large", ...problem },
    415: { description: "This file type is not accepted", ...problem },
  },
} as const;

/** Describes the refusals of personal data. The document adds them to every operation whose address names a feed or a forecast. */
export const personalRefusals = {
  401: { description: "The feed or forecast is personal, and the token is missing or wrong", ...problem },
  403: { description: "The feed or forecast is personal, and no token is set", ...problem },
} as const;

/** Describes the answers to conditional requests and to ranges of a file. */
export const fileAnswers = {
  206: { description: "`Range`: the requested bytes", content: binary },
  304: { description: "`If-None-Match` or `If-Modified-Since`: the file is unchanged" },
  416: { description: "`Range` contains no byte of the file", ...problem },
} as const;

export const secured = [{ token: [] }];
/** For a read that shows more with the token. */
export const optionallySecured = [{}, { token: [] }];

/** Validates `X-Almanac-Actor`. It is a name for the audit, not a proof of identity. */
const actorShape = /^[\p{L}\p{N} ._@:+/-]{1,100}$/u;

/** Returns the actor of a change from the request: name, reason and time. */
export function actorOf(context: Context<HubVariables>, why: string | undefined, otherwise = "no reason given"): Actor {
  const who = context.req.header("X-Almanac-Actor")?.trim() || "token";
  if (!actorShape.test(who)) {
    const detail = "X-Almanac-Actor contains characters that are not allowed.";
    const expected = "at most 100 letters, digits, spaces and . _ @ : + / -";
    refuse({ kind: "unprocessable", detail, found: who, expected });
  }
  return { who, why: why ?? otherwise, at: context.var.hub.now().toISOString() };
}
