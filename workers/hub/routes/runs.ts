/** `/runs`: one training each, what it tried and how it ended. */
import { createRoute, z } from "@hono/zod-openapi";
import { endRunShape, runShape, trialBatchShape, trialShape, trialsMax } from "../../../shared/api/runs.ts";
import { endRun, findRun, type TrainingRun } from "../../../shared/db/runs.ts";
import { listTrials, saveTrials } from "../../../shared/db/trials.ts";
import { adminOnly } from "../admin.ts";
import { actorOf, apiRoutes, json, jsonBody, jsonRequest, refusals, secured } from "../api.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";

export const runRoutes = apiRoutes();

const params = z.object({ run: z.string().describe("Id of a run") });

const read = createRoute({
  method: "get",
  path: "/{run}",
  tags: ["Trainings"],
  summary: "One training with its trials",
  request: { params },
  responses: { 200: json(runShape.extend({ trials: z.array(trialShape) }), "The run"), ...refusals.read },
});

runRoutes.openapi(read, async (context) => {
  const { db } = context.var.hub;
  const run = await knownRun(context.var.hub, context.req.valid("param").run);
  return context.json({ ...run, trials: await listTrials(db, run.id) }, 200);
});

const log = createRoute({
  method: "post",
  path: "/{run}/trials",
  tags: ["Trainings"],
  summary: "Log trials",
  description: `At most ${trialsMax} at once. A trial is its candidate and number: sent again it replaces itself, so a batch may be repeated.`,
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(trialBatchShape) },
  responses: { 200: json(z.object({ run: z.string(), logged: z.number() }), "All are kept"), ...refusals.write },
});

runRoutes.openapi(log, async (context) => {
  const { trials } = context.req.valid("json");
  const run = await runningRun(context.var.hub, context.req.valid("param").run);
  await saveTrials(context.var.hub.db, run, trials, actorOf(context, undefined, "training"));
  return context.json({ run: run.id, logged: trials.length }, 200);
});

const end = createRoute({
  method: "post",
  path: "/{run}/end",
  tags: ["Trainings"],
  summary: "End a training",
  description: "Said again with the same state, nothing changes.",
  security: secured,
  middleware: [adminOnly, jsonBody] as const,
  request: { params, body: jsonRequest(endRunShape) },
  responses: { 200: json(runShape, "The run as it ended"), ...refusals.write },
});

runRoutes.openapi(end, async (context) => {
  const { hub } = context.var;
  const ending = context.req.valid("json");
  const run = await knownRun(hub, context.req.valid("param").run);
  if (run.state === ending.state) return context.json(run, 200);
  refuseEnded(run);
  await endRun(hub.db, run, ending, actorOf(context, ending.reason ?? undefined, "training"));
  return context.json(await knownRun(hub, run.id), 200);
});

async function runningRun(hub: Hub, id: string): Promise<TrainingRun> {
  const run = await knownRun(hub, id);
  refuseEnded(run);
  return run;
}

function refuseEnded({ id, state }: TrainingRun): void {
  if (state === "running") return;
  const detail = `Run ${id} is ${state}; create another.`;
  refuse({ kind: "conflict", detail, found: state, expected: "running" });
}

export async function knownRun(hub: Hub, id: string): Promise<TrainingRun> {
  const run = await findRun(hub.db, id);
  const detail = `There is no run ${id}. GET /forecasts/:forecast/runs lists them.`;
  return run ?? refuse({ kind: "not-found", detail, found: id });
}
