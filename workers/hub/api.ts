/** What every described route shares: how requests are refused, who acts, and the words of its document. */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { problemShape } from "../../shared/api/problem-shape.ts";
import type { Actor } from "../../shared/db/audit.ts";
import { findModel, listVersions, type StagedModel } from "../../shared/db/models.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { findForecast, forecasts } from "../../shared/forecasts/index.ts";
import { nearest } from "../../shared/lib/text-distance.ts";
import type { HubVariables } from "./app.ts";
import type { Hub } from "./hub.ts";
import { refuse } from "./refuse.ts";

/** 500 trials with many parameters are half of it, and a statement takes twice as much. */
const jsonBytesMax = 1_000_000;

/** Routes that are checked by zod and described at `/openapi.json`. */
export function apiRoutes(): OpenAPIHono<HubVariables> {
  return new OpenAPIHono<HubVariables>({
    defaultHook(result, context) {
      if (result.success) return;
      const issue = result.error.issues[0];
      const place = issue?.path.join(".") ?? "";
      if (issue?.code === "unrecognized_keys") {
        const found = issue.keys.join(", ");
        refuse({ kind: "unprocessable", detail: `There is no ${found}${place && ` in ${place}`}.`, found });
      }
      const [given, second] = result.target === "query" ? (context.req.queries(place) ?? []) : [];
      const about = { kind: "unprocessable", ...(place !== "" && { field: place }) } as const;
      if (second !== undefined) {
        refuse({ ...about, detail: `${place} is given twice.`, found: "twice", expected: "once" });
      }
      const detail = `${place === "" ? "" : `${place}: `}${issue?.message ?? "not allowed"}`;
      refuse({ ...about, detail, ...(given !== undefined && { found: given }) });
    },
  });
}

export const jsonBody = bodyLimit({
  maxSize: jsonBytesMax,
  onError: () =>
    refuse({ kind: "too-large", detail: "The body is too large.", expected: `at most ${jsonBytesMax} bytes` }),
});

/** A JSON answer, for a route's description. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

export function jsonRequest<T extends z.ZodType>(schema: T) {
  return { required: true, content: { "application/json": { schema } } };
}

const problem = { content: { "application/problem+json": { schema: problemShape } } };

/** Refusals, for a route's description: those that every write shares and those named. */
export const refusals = {
  read: { 404: { description: "Unknown; says what is known", ...problem } },
  privateRead: {
    401: { description: "The token is missing or wrong", ...problem },
    403: { description: "`ADMIN_TOKEN` is not set: this cannot be read", ...problem },
    404: { description: "Unknown; says what is known", ...problem },
  },
  write: {
    401: { description: "The token is missing or wrong", ...problem },
    403: { description: "`ADMIN_TOKEN` is not set: nothing can be written", ...problem },
    404: { description: "Unknown; says what is known", ...problem },
    409: { description: "Not in a state that allows this", ...problem },
    422: { description: "A value is not allowed; says what was found and expected", ...problem },
  },
} as const;

export const secured = [{ token: [] }];

export const forecastParam = z.string().describe("A forecast of the catalogue");
export const versionParam = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/, "expected 3 to 64 letters, digits, dots, dashes and underscores")
  .describe("The version on the card");

/** `X-Almanac-Actor`, as it was sent: a name for the audit, no proof. */
const actorShape = /^[\p{L}\p{N} ._@:+/-]{1,100}$/u;

/** Who asks for a change, why, and when. */
export function actorOf(context: Context<HubVariables>, why: string | undefined, otherwise = "no reason given"): Actor {
  const who = context.req.header("X-Almanac-Actor")?.trim() || "token";
  if (!actorShape.test(who)) {
    const expected = "at most 100 letters, digits, spaces and . _ @ : + / -";
    refuse({
      kind: "unprocessable",
      detail: "X-Almanac-Actor cannot be written into the audit.",
      found: who,
      expected,
    });
  }
  return { who, why: why ?? otherwise, at: context.var.hub.now().toISOString() };
}

export function knownForecast(id: string): Forecast {
  const allowed = forecasts.map((forecast) => forecast.id);
  return findForecast(id) ?? unknown(`There is no forecast ${id}.`, id, allowed);
}

export async function knownModel(hub: Hub, forecast: string, version: string): Promise<StagedModel> {
  const { id } = knownForecast(forecast);
  const model = await findModel(hub.db, id, version);
  return model ?? unknown(`${id} has no registered version ${version}.`, version, await listVersions(hub.db, id));
}

function unknown(detail: string, found: string, allowed: readonly string[]): never {
  const didYouMean = nearest(found, allowed);
  refuse({ kind: "not-found", detail, found, allowed, ...(didYouMean && { didYouMean }) });
}
