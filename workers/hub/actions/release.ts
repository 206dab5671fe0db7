import type { Refusal } from "../../../shared/api/problem.ts";
import type { FlowRun } from "../../../shared/db/flows.ts";
import { failure, type Result } from "../../../shared/lib/result.ts";
import { requireFlow } from "./require.ts";
import { type RestartEffects, restart } from "./restart.ts";

/** Ingests a held publication after a person has approved it. */
export async function release(fx: RestartEffects, id: string): Promise<Result<FlowRun, Refusal>> {
  const run = await requireFlow(fx, id);
  if (!run.ok) return run;
  if (run.value.kind === "promote") {
    const detail =
      "A held promotion cannot be released. Follow the advice in its reason, or promote with force and a reason.";
    return failure({ kind: "conflict", detail, found: run.value.reason ?? run.value.state });
  }
  return restart(fx, run.value, { from: ["held"], params: { released: true } });
}
