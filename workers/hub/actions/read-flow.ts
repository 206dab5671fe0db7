import type { FlowDetail } from "../../../shared/api/flows.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listSteps } from "../../../shared/db/flows.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireFlow } from "./require.ts";

/** Reads one flow with the steps of every attempt. */
export async function readFlow(fx: Pick<Hub, "db">, id: string): Promise<Result<FlowDetail, Refusal>> {
  const run = await requireFlow(fx, id);
  if (!run.ok) return run;
  return success({ ...run.value, steps: await listSteps(fx.db, run.value.id) });
}
