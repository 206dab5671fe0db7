import type { FlowDetail } from "../../../shared/api/flows.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listSteps } from "../../../shared/db/flows.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { publicFlow, publicSteps } from "./public-flow.ts";
import { requireFlow } from "./require.ts";

/** Reads one flow with the steps of every attempt. Callers without the token do not see what other callers sent. */
export async function readFlow(
  fx: Pick<Hub, "db">,
  id: string,
  { hasToken }: { readonly hasToken: boolean },
): Promise<Result<FlowDetail, Refusal>> {
  const run = await requireFlow(fx, id);
  if (!run.ok) return run;
  const steps = await listSteps(fx.db, run.value.id);
  return success(
    hasToken ? { ...run.value, steps } : { ...publicFlow(run.value), steps: publicSteps(run.value, steps) },
  );
}
