import type { Refusal } from "../../../shared/api/problem.ts";
import type { Run } from "../../../shared/api/runs.ts";
import { saveHeartbeat } from "../../../shared/db/runs.ts";
import { failure, type Result } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { checkRunning } from "./add-trials.ts";
import { requireRun } from "./require.ts";

/** Records that a training still runs. Refuses a training that has ended. */
export async function recordHeartbeat({ db, now }: Pick<Hub, "db" | "now">, id: string): Promise<Result<Run, Refusal>> {
  const run = await requireRun({ db }, id);
  if (!run.ok) return run;
  const refusal = checkRunning(run.value);
  if (refusal) return failure(refusal);
  await saveHeartbeat(db, id, now().toISOString());
  return requireRun({ db }, id);
}
