/** `/openapi.json`: every address of the service. Routes of the hub describe themselves; predict's are described in shared/api. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import manifest from "../../../package.json" with { type: "json" };
import { predictRoutes } from "../../../shared/api/predict-routes.ts";
import type { HubVariables } from "./context.ts";

const description = `Data in, models registered, the best one serving, predictions out. Reads are public; a write needs the hub's token as
\`Authorization: Bearer <token>\`, and may name the actor in \`X-Almanac-Actor\`. Predictions need a token only where \`PREDICT_TOKEN\` is set.
Refusals are RFC 9457 problem details that say what was found, what was expected and what is allowed; MLflow and Open Inference have error bodies
of their own.`;

const tags = [
  { name: "Predict", description: "Predictions by name, one or many." },
  { name: "MLflow", description: "The scoring protocol of MLflow: raw features in, numbers out." },
  { name: "Open Inference", description: "The Open Inference Protocol, version 2. A model is named as its forecast." },
  { name: "Models", description: "Versions: uploaded, registered, compared, tagged. A version never changes." },
  { name: "Champion", description: "Which version serves, and how that changes." },
  { name: "Predictions", description: "Requests and answers, and how the inputs were distributed." },
  { name: "Trainings", description: "Runs and the trials that they made." },
  { name: "Audit", description: "Who changed what, and why." },
  { name: "Feeds", description: "Publications, observations, the open lake." },
  { name: "Flows", description: "What runs, ran, is held or failed, step by step." },
  { name: "Service", description: "Whether the hub runs, and its own description." },
];

export type HubDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** Builds the document. To be called once for each app, because it adds to what the app has registered. */
export function hubDocument(app: OpenAPIHono<HubVariables>): HubDocument {
  const { openAPIRegistry: registry } = app;
  const bearer = { type: "http", scheme: "bearer" } as const;
  registry.registerComponent("securitySchemes", "token", { ...bearer, description: "`ADMIN_TOKEN` of the hub" });
  registry.registerComponent("securitySchemes", "predictToken", {
    ...bearer,
    description: "`PREDICT_TOKEN` of predict",
  });
  for (const route of predictRoutes) registry.registerPath(route);
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Almanac",
      version: manifest.version,
      description,
      license: { name: manifest.license, url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/", description: "The address that serves this document" }],
    tags,
  });
}
