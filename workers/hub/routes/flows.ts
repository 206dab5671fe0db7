/** `/flows`: what runs, what ran, what is held or failed, and the two things a person can do about it. */
import { Hono } from "hono";
import { z } from "zod";
import { deadLetterKind, type FlowRun, findFlow, listFlows, listSteps, queueAgain } from "../../../shared/db/flows.ts";
import { type FlowState, flowStates } from "../../../shared/db/schema.ts";
import { adminOnly } from "../admin.ts";
import type { HubVariables } from "../app.ts";
import { sendAgain } from "../dead-letters.ts";
import { launch } from "../flows/launch.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { limitQuery } from "./page.ts";
import { readQuery } from "./query.ts";

const listQuery = z.object({
  kind: z.string().optional(),
  state: z.enum(flowStates).optional(),
  limit: limitQuery(500, 50),
  offset: z.coerce.number().int().min(0).default(0),
});

export const flowRoutes = new Hono<HubVariables>();

flowRoutes.get("/", async (context) => {
  const query = readQuery(context.req.query(), listQuery);
  return context.json({ flows: await listFlows(context.var.hub.db, query) });
});

flowRoutes.get("/:id", async (context) => {
  const { db } = context.var.hub;
  const run = await knownFlow(context.var.hub, context.req.param("id"));
  return context.json({ ...run, steps: await listSteps(db, run.id) });
});

/** A failed flow starts again; a dead letter is sent again. */
flowRoutes.post("/:id/retry", adminOnly, async (context) => {
  const { hub } = context.var;
  const run = await knownFlow(hub, context.req.param("id"));
  if (run.kind === deadLetterKind) return context.json(await sendAgain(hub, run), 202);
  return context.json(await again(hub, run, ["failed"], {}), 202);
});

/** A held publication is let in as it is. */
flowRoutes.post("/:id/release", adminOnly, async (context) => {
  const { hub } = context.var;
  const run = await knownFlow(hub, context.req.param("id"));
  if (run.kind === "promote") {
    const detail = "A held promotion is not released: do what its reason says, or promote with force and say why.";
    refuse({ kind: "conflict", detail, found: run.reason ?? run.state });
  }
  return context.json(await again(hub, run, ["held"], { released: true }), 202);
});

async function knownFlow(hub: Hub, id: string): Promise<FlowRun> {
  const run = await findFlow(hub.db, id);
  return run ?? refuse({ kind: "not-found", detail: `There is no flow ${id}. GET /flows lists them.` });
}

async function again(
  hub: Hub,
  run: FlowRun,
  from: readonly FlowState[],
  params: Record<string, unknown>,
): Promise<FlowRun> {
  const queued = await queueAgain(hub.db, run.id, from, { params, now: hub.now().toISOString(), boot: hub.boot });
  if (!queued) {
    refuse({
      kind: "conflict",
      detail: `Flow ${run.id} is ${run.state}.`,
      found: run.state,
      expected: from.join(" or "),
    });
  }
  await launch(hub, queued);
  return queued;
}
