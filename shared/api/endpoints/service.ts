/** The service itself: whether it runs, its version and its description. */
import type { Endpoint } from "../endpoint.ts";
import { healthShape } from "../health.ts";

export const serviceEndpoints = {
  getHealth: { method: "GET", path: "/health", answer: healthShape },
  getVersion: { method: "GET", path: "/version", answer: "text" },
  getDocument: { method: "GET", path: "/openapi.json", answer: "text" },
  getDocumentPage: { method: "GET", path: "/docs", answer: "text" },
} as const satisfies Readonly<Record<string, Endpoint>>;
