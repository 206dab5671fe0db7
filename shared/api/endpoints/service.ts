/** The service itself: whether it runs, and its description. */
import type { Endpoint } from "../endpoint.ts";
import { healthShape } from "../service.ts";

export const serviceEndpoints = {
  readHealth: { method: "GET", path: "/health", answer: healthShape },
  readOpenApi: { method: "GET", path: "/openapi.json", answer: "text" },
  readDocs: { method: "GET", path: "/docs", answer: "text" },
} as const satisfies Readonly<Record<string, Endpoint>>;
