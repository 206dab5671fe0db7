/** `/flows`: running and ended flows, and the two actions on a flow that waits for a person. */
import type { Endpoint } from "../endpoint.ts";
import { flowDetailShape, flowListShape, flowShape, flowsQueryShape } from "../flows.ts";

export const flowEndpoints = {
  listFlows: { method: "GET", path: "/flows", token: "hub", query: flowsQueryShape, answer: flowListShape },
  getFlow: { method: "GET", path: "/flows/{id}", token: "hub", answer: flowDetailShape },
  retryFlow: { method: "POST", path: "/flows/{id}/retry", token: "hub", answer: flowShape },
  releaseFlow: { method: "POST", path: "/flows/{id}/release", token: "hub", answer: flowShape },
} as const satisfies Readonly<Record<string, Endpoint>>;
