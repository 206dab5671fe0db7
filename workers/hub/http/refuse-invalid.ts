/** Converts the first issue that zod found in a request into a refusal. */
import type { OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { routePath } from "hono/route";
import { didYouMean } from "../../../shared/lib/did-you-mean.ts";
import type { HubVariables } from "./context.ts";
import { refuse } from "./refuse.ts";

interface Invalid {
  readonly target: string;
  readonly error: z.ZodError;
}

type Definitions = OpenAPIHono["openAPIRegistry"]["definitions"];

export function refuseInvalid(
  { target, error }: Invalid,
  context: Context<HubVariables>,
  definitions: Definitions,
): never {
  const issue = error.issues[0];
  const place = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const found = issue.keys.join(", ");
    if (target === "query") {
      const allowed = queryNames(context, definitions);
      const detail = `There is no parameter ${found}.`;
      refuse({ kind: "unprocessable", detail, found, allowed, ...didYouMean(found, allowed) });
    }
    refuse({ kind: "unprocessable", detail: `There is no ${found}${place && ` in ${place}`}.`, found });
  }
  const [found, second] = target === "query" ? (context.req.queries(place) ?? []) : [];
  // A query is text: a text that is no decimal number is a malformed request, a number outside the range is not.
  const isMalformed =
    target === "query" &&
    issue?.code === "invalid_type" &&
    /^(int|number)$/.test(issue.expected) &&
    found !== undefined;
  const about = { kind: isMalformed ? "bad-request" : "unprocessable", ...(place !== "" && { field: place }) } as const;
  if (second !== undefined) {
    refuse({ ...about, detail: `${place} is given twice.`, found: "twice", expected: "once" });
  }
  const detail = `${place === "" ? "" : `${place}: `}${issue?.message ?? "not allowed"}`;
  refuse({ ...about, detail, ...(found !== undefined && { found }) });
}

/** Returns the query parameters of the current route. */
function queryNames(context: Context<HubVariables>, definitions: Definitions): string[] {
  const path = routePath(context);
  for (const definition of definitions) {
    if (definition.type !== "route") continue;
    const { route } = definition;
    if (route.method !== context.req.method.toLowerCase()) continue;
    if (route.path.replaceAll(/\/{(.+?)}/g, "/:$1") !== path) continue;
    return Object.keys((route.request?.query as z.ZodObject | undefined)?.shape ?? {});
  }
  return [];
}
