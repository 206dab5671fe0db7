import type { Refusal } from "../../../shared/api/problem.ts";
import { deadLetterKind, type FlowRun } from "../../../shared/db/flows.ts";
import type { Result } from "../../../shared/lib/result.ts";
import { resendDeadLetter } from "../dead-letters.ts";
import type { Hub } from "../hub.ts";
import { requireFlow } from "./require.ts";
import { type RestartEffects, restart } from "./restart.ts";

/** Retries a failed flow. Sends a dead letter to its queue again. */
export async function retry(
  fx: RestartEffects & Pick<Hub, "events" | "answered">,
  id: string,
): Promise<Result<FlowRun, Refusal>> {
  const run = await requireFlow(fx, id);
  if (!run.ok) return run;
  if (run.value.kind === deadLetterKind) return resendDeadLetter(fx, run.value);
  return restart(fx, run.value, { from: ["failed"], params: {} });
}
