import type { Refusal } from "../../../shared/api/problem.ts";
import type { Run } from "../../../shared/api/runs.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { endRun, type RunEnd } from "../../../shared/db/runs.ts";
import { failure, type Result } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { checkRunning } from "./add-trials.ts";
import { requireRun } from "./require.ts";

/** Ends a training run. Idempotent: ending it again in the same state changes nothing. */
export async function finishRun(
  fx: Pick<Hub, "db">,
  { run: id, ending }: { readonly run: string; readonly ending: RunEnd },
  actor: Actor,
): Promise<Result<Run, Refusal>> {
  const run = await requireRun(fx, id);
  if (!run.ok || run.value.state === ending.state) return run;
  const refusal = checkRunning(run.value);
  if (refusal) return failure(refusal);
  await endRun(fx.db, run.value, ending, actor);
  return requireRun(fx, id);
}
