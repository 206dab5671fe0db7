import type { FlowState } from "../../../shared/api/flow-states.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { type FlowRun, requeueFlow } from "../../../shared/db/flows.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { launch } from "../flows/launch.ts";
import type { Hub } from "../hub.ts";

export type RestartEffects = Pick<Hub, "db" | "workflows" | "boot" | "now">;

export interface Restart {
  /** The states in which the flow may be restarted. */
  readonly from: readonly FlowState[];
  /** Parameters to add for the next attempt. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** Queues another attempt of a flow and launches its Workflow. */
export async function restart(
  fx: RestartEffects,
  run: FlowRun,
  { from, params }: Restart,
): Promise<Result<FlowRun, Refusal>> {
  const queued = await requeueFlow(fx.db, run.id, from, { params, now: fx.now().toISOString(), boot: fx.boot });
  if (!queued) {
    const detail = `Flow ${run.id} is ${run.state}.`;
    return failure({ kind: "conflict", detail, found: run.state, expected: from.join(" or ") });
  }
  await launch(fx, queued);
  return success(queued);
}
