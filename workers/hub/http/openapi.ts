/**
 * `/openapi.json`: every address of the service. The routes of predict are described in shared/api, because Workers do
 * not import each other.
 */
import type { OpenAPIHono } from "@hono/zod-openapi";
import manifest from "../../../package.json" with { type: "json" };
import { predictRoutes } from "../../../shared/api/predict-routes.ts";
import type { HubVariables } from "./context.ts";
import { personalRefusals } from "./route.ts";

const description = `Ingests data, registers models, and serves predictions of the best model. Reads are public. A write needs the hub's token as \`Authorization: Bearer <token>\` and may name the actor in \`X-Almanac-Actor\`. Predictions need a token only if \`PREDICT_TOKEN\` is set. Every address that names a personal feed or forecast needs \`PERSONAL_TOKEN\` or \`ADMIN_TOKEN\`, and is closed while neither is set. Errors are RFC 9457 problem details with the found, the expected and the allowed values. The MLflow and Open Inference routes use the error bodies of their protocols.`;

const tags = [
  { name: "Predict", description: "Predictions of a forecast, for one instance or many." },
  { name: "MLflow", description: "The scoring protocol of MLflow: raw features as input, numbers as output." },
  {
    name: "Open Inference",
    description: "The Open Inference Protocol, version 2. The name of a model is the id of its forecast.",
  },
  { name: "Models", description: "Upload, register, compare and tag versions. A version never changes." },
  { name: "Champion", description: "The version that serves: read, promote, roll back." },
  { name: "Predictions", description: "Recorded requests and answers, and the distribution of their inputs." },
  { name: "Reports", description: "Published reports and their files, daily editions, and an Atom feed." },
  { name: "Trainings", description: "Training runs and their trials." },
  { name: "Audit", description: "Every change with its actor and reason." },
  { name: "Feeds", description: "Feeds, their observations, problems and files, and uploads." },
  { name: "Flows", description: "Runs of work such as an ingest or a promotion, with their steps." },
  { name: "Subscriptions", description: "Addresses that receive a signed message for each new report." },
  { name: "Original service", description: "Addresses of a service that Almanac replaces, for its clients." },
  { name: "Service", description: "Whether the hub runs, and the description of its API." },
];

export type HubDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** Builds the document. Call it once for each app, because it registers more components. */
export function hubDocument(app: OpenAPIHono<HubVariables>): HubDocument {
  const { openAPIRegistry: registry } = app;
  const bearer = { type: "http", scheme: "bearer" } as const;
  registry.registerComponent("securitySchemes", "token", { ...bearer, description: "`ADMIN_TOKEN` of the hub" });
  registry.registerComponent("securitySchemes", "predictToken", {
    ...bearer,
    description: "`PREDICT_TOKEN` of predict",
  });
  registry.registerComponent("securitySchemes", "personalToken", {
    ...bearer,
    description: "`PERSONAL_TOKEN`, for personal feeds and forecasts",
  });
  for (const route of predictRoutes) registry.registerPath(route);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Almanac",
      version: manifest.version,
      description,
      license: { name: manifest.license, url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/", description: "This hub" }],
    tags,
  });
  describeRefusals(document);
  return document;
}

type Responses = Readonly<Record<number, { readonly description: string }>>;

/** Refusals of every operation of the hub. */
const always: Responses = { 500: { description: "Internal error. The log has the reason" } };

/** Probes of `/health` are not limited. */
const limited: Responses = { 429: { description: "Too many requests. Retry after the seconds in `Retry-After`" } };

/** Refusals of every operation with a JSON body. */
const ofJsonBody: Responses = {
  400: { description: "The body cannot be parsed" },
  413: { description: "The body is too large or has too many values" },
  415: { description: "The body is not JSON" },
};

/** Adds the refusals that no route describes itself, because middleware sends them. predict describes all of its own. */
function describeRefusals({ paths = {} }: HubDocument): void {
  const ofPredict = new Set(predictRoutes.map(({ operationId }) => operationId));
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of ["get", "put", "post", "delete"] as const) {
      const operation = methods?.[method];
      if (!operation) continue;
      const isOfHub = !ofPredict.has(operation.operationId);
      const content = operation.requestBody && "content" in operation.requestBody ? operation.requestBody.content : {};
      operation.responses = {
        ...(/\{(feed|forecast)\}/.test(path) && withProblem(personalRefusals)),
        ...(isOfHub && withProblem(path === "/health" ? always : { ...always, ...limited })),
        ...(isOfHub && "application/json" in content && withProblem(ofJsonBody)),
        ...operation.responses,
      };
    }
  }
}

function withProblem(responses: Responses) {
  const content = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
  return Object.fromEntries(Object.entries(responses).map(([status, response]) => [status, { ...response, content }]));
}
