import type { Refusal } from "../../../shared/api/problem.ts";
import type { LoggedTrials, TrialRow } from "../../../shared/api/runs.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import type { TrainingRun } from "../../../shared/db/runs.ts";
import { saveTrials } from "../../../shared/db/trials.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireRun } from "./require.ts";

/** Adds trials to a training run. A trial that is sent again replaces the stored one. */
export async function addTrials(
  fx: Pick<Hub, "db">,
  { run: id, trials }: { readonly run: string; readonly trials: readonly TrialRow[] },
  actor: Actor,
): Promise<Result<LoggedTrials, Refusal>> {
  const run = await requireRun(fx, id);
  if (!run.ok) return run;
  const refusal = checkRunning(run.value);
  if (refusal) return failure(refusal);
  await saveTrials(fx.db, run.value, trials, actor);
  return success({ run: run.value.id, logged: trials.length });
}

/** Returns the refusal for a training that has ended; null for a running one. */
export function checkRunning({ id, state }: TrainingRun): Refusal | null {
  if (state === "running") return null;
  return {
    kind: "conflict",
    detail: `Run ${id} is ${state}, so it accepts no trials and no heartbeats. Create another run.`,
    found: state,
    expected: "running",
  };
}
