/** Starts the Workflow of a recorded flow. */
import { type FlowRun, instanceId } from "../../../shared/db/flows.ts";
import type { Hub } from "../hub.ts";

/** Creates the Workflow of the run's current attempt unless it exists. Idempotent. */
export async function launch({ workflows }: Pick<Hub, "workflows">, run: FlowRun): Promise<void> {
  const workflow = workflows[run.kind];
  if (!workflow) throw new Error(`no Workflow runs flows of kind ${run.kind}`);
  await workflow.createBatch([{ id: instanceId(run), params: { flowId: run.id, attempt: run.attempt } }]);
}
