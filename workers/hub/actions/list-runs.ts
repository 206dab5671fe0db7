import type { Refusal } from "../../../shared/api/problem.ts";
import type { RunList } from "../../../shared/api/runs.ts";
import { listRuns as listRows } from "../../../shared/db/runs.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

/** Lists the training runs of a forecast, newest first. */
export async function listRuns(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  limit: number,
): Promise<Result<RunList, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  return success({ runs: await listRows(db, forecast.value.id, limit) });
}
