import type { Refusal } from "../../../shared/api/problem.ts";
import type { NewRunRequest, Run } from "../../../shared/api/runs.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { findRun, createRun as saveRun } from "../../../shared/db/runs.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface NewTraining extends Omit<NewRunRequest, "why"> {
  readonly forecast: string;
}

/** Records a new training run. */
export async function createRun(
  { db, newId }: Pick<Hub, "db" | "newId">,
  wanted: NewTraining,
  actor: Actor,
): Promise<Result<Run, Refusal>> {
  const forecast = requireForecast(wanted.forecast);
  if (!forecast.ok) return forecast;
  const id = newId();
  const { seed, codeVersion, dataHash } = wanted;
  await saveRun(db, { id, forecast: forecast.value.id, dataHash: dataHash ?? null, seed, codeVersion }, actor);
  const run = await findRun(db, id);
  if (!run) throw new Error(`run ${id} was written and not found`);
  return success(run);
}
