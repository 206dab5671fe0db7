/** `/runs` and `/forecasts/:forecast/runs`: training runs, their trials and their outcomes. */
import { createRoute, z } from "@hono/zod-openapi";
import { forecastParam } from "../../../shared/api/fields.ts";
import {
  endRunShape,
  loggedTrialsShape,
  newRunShape,
  runDetailShape,
  runListShape,
  runShape,
  runsQueryShape,
  silentMinutesMax,
  trialBatchShape,
  trialsMax,
} from "../../../shared/api/runs.ts";
import { addTrials } from "../actions/add-trials.ts";
import { createRun } from "../actions/create-run.ts";
import { finishRun } from "../actions/finish-run.ts";
import { listRuns } from "../actions/list-runs.ts";
import { readRun } from "../actions/read-run.ts";
import { recordHeartbeat } from "../actions/record-heartbeat.ts";
import { adminOnly } from "./authorize.ts";
import { unwrap } from "./refuse.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "./route.ts";

export const runRoutes = apiRoutes();

const forecastParams = z.object({ forecast: forecastParam });
const params = z.object({ run: z.string().describe("Id of a run") });

const list = createRoute({
  method: "get",
  path: "/forecasts/{forecast}/runs",
  operationId: "listRuns",
  tags: ["Trainings"],
  summary: "Training runs, newest first",
  request: { params: forecastParams, query: runsQueryShape },
  responses: { 200: json(runListShape, "The runs"), ...refusals.filteredRead },
});

runRoutes.openapi(list, async (context) => {
  const { forecast } = context.req.valid("param");
  return context.json(unwrap(await listRuns(context.var.hub, forecast, context.req.valid("query").limit)), 200);
});

const create = createRoute({
  method: "post",
  path: "/forecasts/{forecast}/runs",
  operationId: "createRun",
  tags: ["Trainings"],
  summary: "Start a training run",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params: forecastParams, body: jsonRequest(newRunShape) },
  responses: { 201: json(runShape, "The run, with its id"), ...refusals.write },
});

runRoutes.openapi(create, async (context) => {
  const { forecast } = context.req.valid("param");
  const { why, ...wanted } = context.req.valid("json");
  const actor = actorOf(context, why, "training");
  const run = unwrap(await createRun(context.var.hub, { forecast, ...wanted }, actor));
  return context.json(run, 201, { Location: `/runs/${run.id}` });
});

const read = createRoute({
  method: "get",
  path: "/runs/{run}",
  operationId: "getRun",
  tags: ["Trainings"],
  summary: "One training run with its trials",
  request: { params },
  responses: { 200: json(runDetailShape, "The run"), ...refusals.read },
});

runRoutes.openapi(read, async (context) =>
  context.json(unwrap(await readRun(context.var.hub, context.req.valid("param").run)), 200),
);

const log = createRoute({
  method: "post",
  path: "/runs/{run}/trials",
  operationId: "logTrials",
  tags: ["Trainings"],
  summary: "Record trials",
  description: `At most ${trialsMax} trials in one request. Candidate and number identify a trial. A trial that is sent again replaces the stored one, so a batch may be repeated.`,
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(trialBatchShape) },
  responses: { 200: json(loggedTrialsShape, "All trials are stored"), ...refusals.write },
});

runRoutes.openapi(log, async (context) => {
  const { run } = context.req.valid("param");
  const { trials } = context.req.valid("json");
  const actor = actorOf(context, undefined, "training");
  return context.json(unwrap(await addTrials(context.var.hub, { run, trials }, actor)), 200);
});

const heartbeat = createRoute({
  method: "post",
  path: "/runs/{run}/heartbeat",
  operationId: "sendHeartbeat",
  tags: ["Trainings"],
  summary: "Report that a training still runs",
  description: `A trainer sends one at its start and then every few minutes. After ${silentMinutesMax} minutes without one, the hourly upkeep ends the run as \`abandoned\`.`,
  security: secured,
  middleware: [adminOnly] as const,
  request: { params },
  responses: { 200: json(runShape, "The run"), ...refusals.write },
});

runRoutes.openapi(heartbeat, async (context) =>
  context.json(unwrap(await recordHeartbeat(context.var.hub, context.req.valid("param").run)), 200),
);

const end = createRoute({
  method: "post",
  path: "/runs/{run}/end",
  operationId: "endRun",
  tags: ["Trainings"],
  summary: "End a training run",
  description: "Idempotent: ending a run again in the same state changes nothing.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(endRunShape) },
  responses: { 200: json(runShape, "The ended run"), ...refusals.write },
});

runRoutes.openapi(end, async (context) => {
  const { run } = context.req.valid("param");
  const ending = context.req.valid("json");
  const actor = actorOf(context, ending.reason ?? undefined, "training");
  return context.json(unwrap(await finishRun(context.var.hub, { run, ending }, actor)), 200);
});
