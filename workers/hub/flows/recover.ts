/**
 * Revives unfinished flows whose queue message was lost, whose Workflow ended with its process, or whose heartbeat is
 * too old. Finished steps do not run again. A flow whose step crashed its process several times fails instead.
 */
import { activeStates } from "../../../shared/api/flow-states.ts";
import {
  type FlowRun,
  findOpenStep,
  instanceId,
  listUnfinished,
  markAdopted,
  markEnded,
  markStepEnded,
  requeueFlow,
} from "../../../shared/db/flows.ts";
import { reasonOf } from "../../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { launch } from "./launch.ts";
import { interruptedReason, interruptionsMax, silentMs } from "./step-limits.ts";

/** Attempts that may end without an outcome before the flow is marked failed. */
const attemptsMax = 5;

type RecoverEffects = Pick<Hub, "db" | "workflows" | "boot" | "now">;

/** Revives every unfinished flow and returns their keys. */
export async function recover(fx: RecoverEffects): Promise<string[]> {
  const before = new Date(fx.now().getTime() - silentMs).toISOString();
  const revived: string[] = [];
  for (const run of await listUnfinished(fx.db, fx.boot, before)) {
    const at = { now: fx.now().toISOString(), boot: fx.boot };
    await markAdopted(fx.db, run.id, at);
    try {
      await revive(fx, run, at);
      revived.push(run.key);
    } catch (error) {
      console.error(`could not revive ${run.key}: ${reasonOf(error)}`);
    }
  }
  return revived;
}

async function revive(
  fx: RecoverEffects,
  run: FlowRun,
  at: { readonly now: string; readonly boot: string },
): Promise<void> {
  const workflow = fx.workflows[run.kind];
  if (!workflow) {
    await markEnded(
      fx.db,
      run,
      { state: "failed", reason: `no Workflow runs flows of kind ${run.kind}`, stats: null },
      at.now,
    );
    return;
  }
  const open = await findOpenStep(fx.db, run);
  // The process of the open try has ended, so this try is an interruption too.
  if (open !== null && open.interrupted + 1 >= interruptionsMax) {
    const reason = interruptedReason(open.name);
    const { flowId, attempt, name } = open;
    await markStepEnded(fx.db, { flowId, attempt, name, now: at.now }, { state: "failed", error: reason, stats: null });
    await markEnded(fx.db, run, { state: "failed", reason, stats: null }, at.now);
    return;
  }
  const instance = await workflow.get(instanceId(run)).catch(() => null);
  const status = (await instance?.status().catch(() => null))?.status ?? "unknown";
  if (!instance || status === "unknown") return launch(fx, run);
  if (["errored", "terminated", "complete"].includes(status)) return startAnotherAttempt(fx, run, at);
  // Local Workflows do not resume after a restart, so a flow of an earlier boot does not run even if its status is
  // "running". Pause and resume make the engine continue at its first unfinished step.
  if (status === "waitingForPause") await instance.resume();
  if (status !== "paused") await instance.pause();
  await instance.resume();
}

async function startAnotherAttempt(
  fx: RecoverEffects,
  run: FlowRun,
  at: { readonly now: string; readonly boot: string },
): Promise<void> {
  if (run.attempt >= attemptsMax) {
    const reason = `${attemptsMax} attempts ended without an outcome. Read the steps of the flow, then retry it.`;
    await markEnded(fx.db, run, { state: "failed", reason, stats: null }, at.now);
    return;
  }
  const again = await requeueFlow(fx.db, run.id, activeStates, at);
  if (again) await launch(fx, again);
}
