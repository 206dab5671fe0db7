import type { Refusal } from "../../../shared/api/problem.ts";
import type { RunDetail } from "../../../shared/api/runs.ts";
import { listTrials } from "../../../shared/db/trials.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireRun } from "./require.ts";

/** Reads one training run with its trials. */
export async function readRun(fx: Pick<Hub, "db">, id: string): Promise<Result<RunDetail, Refusal>> {
  const run = await requireRun(fx, id);
  if (!run.ok) return run;
  return success({ ...run.value, trials: await listTrials(fx.db, run.value.id) });
}
