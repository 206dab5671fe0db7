/**
 * Revives what D1 says is owed: flows whose queue message was lost, whose Workflow died with its process, or that have
 * not been heard of for long. Finished steps are not done again.
 */
import { type FlowRun, instanceId, listOwed, markAdopted, markEnded, queueAgain } from "../../../shared/db/flows.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";
import { reasonOf } from "./reason.ts";

/** No step may take longer than five minutes, so a flow silent for three times that is not at work. */
const silentMs = 15 * 60_000;
/** Attempts that end without a word, before the flow is called failed. */
const attemptsMax = 5;

export async function recover(hub: Hub): Promise<string[]> {
  const before = new Date(hub.now().getTime() - silentMs).toISOString();
  const revived: string[] = [];
  for (const run of await listOwed(hub.db, hub.boot, before)) {
    const at = { now: hub.now().toISOString(), boot: hub.boot };
    await markAdopted(hub.db, run.id, at);
    try {
      await revive(hub, run, at);
      revived.push(run.key);
    } catch (error) {
      console.error(`could not revive ${run.key}: ${reasonOf(error)}`);
    }
  }
  return revived;
}

async function revive(hub: Hub, run: FlowRun, at: { readonly now: string; readonly boot: string }): Promise<void> {
  const workflow = hub.workflows[run.kind];
  if (!workflow) {
    await markEnded(
      hub.db,
      run,
      { state: "failed", reason: `no Workflow runs flows of kind ${run.kind}`, stats: null },
      at.now,
    );
    return;
  }
  const instance = await workflow.get(instanceId(run)).catch(() => null);
  const status = (await instance?.status().catch(() => null))?.status ?? "unknown";
  if (!instance || status === "unknown") return launch(hub, run);
  if (["errored", "terminated", "complete"].includes(status)) return startAnotherAttempt(hub, run, at);
  // A flow that another boot started has no process behind it, whatever its status says: local Workflows do not resume
  // by themselves. Pausing and resuming makes the engine pick it up at its first unfinished step.
  if (status === "waitingForPause") await instance.resume();
  if (status !== "paused") await instance.pause();
  await instance.resume();
}

async function startAnotherAttempt(
  hub: Hub,
  run: FlowRun,
  at: { readonly now: string; readonly boot: string },
): Promise<void> {
  if (run.attempt >= attemptsMax) {
    const reason = `${attemptsMax} attempts ended without saying why; look at the steps, then retry`;
    await markEnded(hub.db, run, { state: "failed", reason, stats: null }, at.now);
    return;
  }
  const again = await queueAgain(hub.db, run.id, ["queued", "running"], at);
  if (again) await launch(hub, again);
}
