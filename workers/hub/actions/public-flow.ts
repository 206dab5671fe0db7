import { deadLetterKind, type FlowRun } from "../../../shared/db/flows.ts";

/**
 * Returns a flow without the inputs of callers. A dead letter contains a whole message, for example requests for
 * predictions, in its parameters and in its reason.
 */
export function publicFlow(run: FlowRun): FlowRun {
  if (run.kind !== deadLetterKind) return run;
  const { queue } = run.params;
  const reason = "A message could not be processed. Read this flow with the token to see the message and the reason.";
  return { ...run, params: queue === undefined ? {} : { queue }, reason };
}
