/** Health and API description of the service. */
import type { Endpoint } from "../endpoint.ts";
import { healthShape } from "../service.ts";

export const serviceEndpoints = {
  getHealth: { method: "GET", path: "/health", answer: healthShape },
  getDocument: { method: "GET", path: "/openapi.json", answer: "text" },
  getRoot: { method: "GET", path: "/", answer: "text" },
  getDocumentPage: { method: "GET", path: "/docs", answer: "text" },
} as const satisfies Readonly<Record<string, Endpoint>>;
