import type { FlowDetail } from "../../../shared/api/flows.ts";
import { deadLetterKind, type FlowRun } from "../../../shared/db/flows.ts";
import { personalNames } from "../../../shared/forecasts/personal.ts";

const hiddenReason = "This flow is about personal data. Read it with the token to see its file and its reasons.";

/**
 * Returns a flow without the inputs of callers. A dead letter contains a whole message, for example requests for predictions, in
 * its parameters and in its reason. A flow of a personal feed has the name of a file in its parameters and in its key, and its
 * reason may have a value of the file.
 */
export function publicFlow(run: FlowRun): FlowRun {
  if (isPersonalFlow(run)) return withoutPersons(run);
  if (run.kind !== deadLetterKind) return run;
  const { queue } = run.params;
  const reason = "A message could not be processed. Read this flow with the token to see the message and the reason.";
  return { ...run, params: queue === undefined ? {} : { queue }, reason };
}

/** Returns the steps of a flow as `publicFlow` returns the flow. */
export function publicSteps(run: FlowRun, steps: FlowDetail["steps"]): FlowDetail["steps"] {
  if (!isPersonalFlow(run)) return steps;
  return steps.map((step) => ({ ...step, error: step.error === null ? null : hiddenReason }));
}

function isPersonalFlow({ params }: Pick<FlowRun, "params">): boolean {
  return [params["feed"], params["forecast"]].some((name) => typeof name === "string" && personalNames.has(name));
}

function withoutPersons(run: FlowRun): FlowRun {
  const { id, kind, params, reason } = run;
  const { feed, forecast } = params;
  const shown = { ...(feed !== undefined && { feed }), ...(forecast !== undefined && { forecast }) };
  return { ...run, key: `${kind}:${id}`, params: shown, reason: reason === null ? null : hiddenReason };
}
