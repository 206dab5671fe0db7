import { findFlow, markRunning, requestFlow } from "../../shared/db/flows.ts";
import type { Flow } from "../../workers/hub/flows/flow.ts";
import { withdraw } from "../../workers/hub/flows/withdraw.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import { hub } from "./hub.ts";

/** Withdraws an ingest in the test. `step` replaces the steps of Workflows. */
export async function withdrawHere(
  ingest: number,
  on: Hub = hub,
  step: (name: string, work: () => Promise<unknown>) => Promise<unknown> = (_, work) => work(),
  feed = "sniim-milk",
) {
  const params = { feed, ingest, who: "a test", why: "a draft" };
  const at = { now: "2026-11-30T08:00:00Z", boot: "" };
  const { run } = await requestFlow(hub.db, { kind: "withdraw", key: `withdraw:${feed}:${ingest}`, params }, at);
  await markRunning(hub.db, run.id, at.now);
  const current = await findFlow(hub.db, run.id);
  if (!current) throw new Error("the flow is not stored");
  const flow: Flow = {
    run: current,
    async step(name, work) {
      return JSON.parse(JSON.stringify((await step(name, async () => (await work()).value ?? null)) ?? null));
    },
  };
  return withdraw(on, flow);
}
