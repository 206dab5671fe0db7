/** `/openapi.json`: the registry's routes describe themselves; the older ones are described here. */
import { type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { flowStates } from "../../shared/db/schema.ts";
import { refusals, secured } from "./api.ts";
import type { HubVariables } from "./app.ts";

const feed = z.object({ feed: z.string().describe("A feed of the catalogue") });
const flow = z.object({ id: z.string().describe("Id of a flow") });
const limit = (max: number) => z.number().int().min(1).max(max).optional();
const anyJson = { "application/json": { schema: z.looseObject({}) } };
const ok = { 200: { description: "JSON", content: anyJson }, ...refusals.read };
const bytes = { "application/octet-stream": { schema: { type: "string", format: "binary" } } } as const;

const feedRoutes: readonly RouteConfig[] = [
  { method: "get", path: "/feeds", summary: "What is watched, and how far it has come", responses: ok },
  {
    method: "get",
    path: "/feeds/{feed}",
    summary: "One feed with its series",
    request: { params: feed },
    responses: ok,
  },
  {
    method: "get",
    path: "/feeds/{feed}/observations",
    summary: "Observations, JSON or CSV, in pages",
    request: {
      params: feed,
      query: z.object({
        series: z.string().optional().describe("A number, or `Dimension=Value`; may be given more than once"),
        variable: z.string().optional().describe("One of the feed's variables; all without it"),
        from: z.string().optional(),
        to: z.string().optional(),
        cursor: z.string().optional().describe("`next` of the page before"),
        limit: limit(10_000),
        format: z.enum(["json", "csv"]).optional(),
      }),
    },
    responses: ok,
  },
  {
    method: "get",
    path: "/feeds/{feed}/problems",
    summary: "Everything that was refused: row, column, found, expected",
    request: {
      params: feed,
      query: z.object({ reason: z.string().optional(), cursor: z.number().optional(), limit: limit(10_000) }),
    },
    responses: ok,
  },
  {
    method: "get",
    path: "/feeds/{feed}/lake/{path}",
    summary: "A file of the open lake",
    description: "`_SUCCESS` lists them.",
    request: { params: feed.extend({ path: z.string() }) },
    responses: { 200: { description: "The bytes", content: bytes }, ...refusals.read },
  },
  {
    method: "put",
    path: "/feeds/{feed}/files/{file}",
    summary: "Bring a publication by hand",
    description: "Starts the flow `ingest`. Large files need `Content-Length` and `Content-Digest`.",
    security: secured,
    request: { params: feed.extend({ file: z.string() }), body: { required: true, content: bytes } },
    responses: {
      200: { description: "This very file was read already", content: anyJson },
      202: { description: "The flow that reads it", content: anyJson },
      ...refusals.write,
    },
  },
];

const flowRoutes: readonly RouteConfig[] = [
  {
    method: "get",
    path: "/flows",
    summary: "What runs and ran, newest first",
    request: {
      query: z.object({
        kind: z.string().optional(),
        state: z.enum(flowStates).optional(),
        limit: limit(500),
        offset: z.number().int().min(0).optional(),
      }),
    },
    responses: ok,
  },
  { method: "get", path: "/flows/{id}", summary: "One flow, step by step", request: { params: flow }, responses: ok },
  ...(["retry", "release"] as const).map(
    (act): RouteConfig => ({
      method: "post",
      path: `/flows/{id}/${act}`,
      summary: act === "retry" ? "Start a failed flow again" : "Let a held publication in",
      security: secured,
      request: { params: flow },
      responses: { 202: { description: "Queued", content: anyJson }, ...refusals.write },
    }),
  ),
];

const description = `Data in, models registered, the best one serving. Reads are public; a write needs the hub's token as
\`Authorization: Bearer <token>\`, and may name who acts in \`X-Almanac-Actor\`. Refusals are RFC 9457 problem details that say what was found, what
was expected and what is allowed.`;

export type HubDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** To be called once an app: it adds to what the app has registered. */
export function hubDocument(app: OpenAPIHono<HubVariables>): HubDocument {
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  for (const route of feedRoutes) registry.registerPath({ tags: ["Feeds"], ...route });
  for (const route of flowRoutes) registry.registerPath({ tags: ["Flows"], ...route });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Almanac hub", version: "0.1.0", description },
    tags: [
      { name: "Models", description: "Versions: uploaded, registered, compared, tagged. A version never changes." },
      { name: "Champion", description: "Who serves, and how that changes." },
      { name: "Predictions", description: "What was asked and answered, and how the inputs were distributed." },
      { name: "Trainings", description: "What was tried on the way." },
      { name: "Audit", description: "Who changed what, and why." },
      { name: "Feeds", description: "Publications, observations, the open lake." },
      { name: "Flows", description: "What runs, ran, is held or failed, step by step." },
    ],
  });
}
