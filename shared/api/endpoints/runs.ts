/** `/runs`: training runs and their trials. */
import type { Endpoint } from "../endpoint.ts";
import {
  endRunShape,
  loggedTrialsShape,
  newRunShape,
  runDetailShape,
  runListShape,
  runShape,
  runsQueryShape,
  trialBatchShape,
} from "../runs.ts";

export const runEndpoints = {
  listRuns: { method: "GET", path: "/forecasts/{forecast}/runs", query: runsQueryShape, answer: runListShape },
  createRun: {
    method: "POST",
    path: "/forecasts/{forecast}/runs",
    token: "hub",
    body: newRunShape,
    answer: runShape,
  },
  getRun: { method: "GET", path: "/runs/{run}", answer: runDetailShape },
  logTrials: {
    method: "POST",
    path: "/runs/{run}/trials",
    token: "hub",
    body: trialBatchShape,
    answer: loggedTrialsShape,
  },
  sendHeartbeat: { method: "POST", path: "/runs/{run}/heartbeat", token: "hub", answer: runShape },
  endRun: { method: "POST", path: "/runs/{run}/end", token: "hub", body: endRunShape, answer: runShape },
} as const satisfies Readonly<Record<string, Endpoint>>;
