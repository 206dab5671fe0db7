/** `/openapi.json`: what the routes say of themselves, with the words that they share. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import { version } from "../../../package.json";
import type { HubVariables } from "./context.ts";

const description = `Data in, models registered, the best one serving. Reads are public; a write needs the hub's token as
\`Authorization: Bearer <token>\`, and may name the actor in \`X-Almanac-Actor\`. Refusals are RFC 9457 problem details that say what was found, what
was expected and what is allowed.`;

export type HubDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** Builds the document. To be called once for each app, because it adds to what the app has registered. */
export function hubDocument(app: OpenAPIHono<HubVariables>): HubDocument {
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Almanac hub", version, description },
    tags: [
      { name: "Models", description: "Versions: uploaded, registered, compared, tagged. A version never changes." },
      { name: "Champion", description: "Which version serves, and how that changes." },
      { name: "Predictions", description: "Requests and answers, and how the inputs were distributed." },
      { name: "Trainings", description: "Runs and the trials that they made." },
      { name: "Audit", description: "Who changed what, and why." },
      { name: "Feeds", description: "Publications, observations, the open lake." },
      { name: "Flows", description: "What runs, ran, is held or failed, step by step." },
      { name: "Service", description: "Whether the hub runs, and its own description." },
    ],
  });
}
