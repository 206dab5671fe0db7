/** From a row that says a flow is owed to a Workflow that runs it. */
import { type FlowRun, instanceId } from "../../../shared/db/flows.ts";
import type { Hub } from "../hub.ts";

/** Makes sure that the Workflow of the run's current attempt exists. Calling it again changes nothing. */
export async function launch({ workflows }: Pick<Hub, "workflows">, run: FlowRun): Promise<void> {
  const workflow = workflows[run.kind];
  if (!workflow) throw new Error(`no Workflow runs flows of kind ${run.kind}`);
  await workflow.createBatch([{ id: instanceId(run), params: { flowId: run.id, attempt: run.attempt } }]);
}
