import type { Refusal } from "../../../shared/api/problem.ts";
import { type InputFilter, type InputHour, listInputHours as listRows } from "../../../shared/db/input-hours.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import { rangeIn } from "../../../shared/period.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

export interface InputHourRows {
  readonly forecast: string;
  readonly rows: readonly InputHour[];
}

/** Lists the counts of each bin of each feature, by version, feature and hour. */
export async function listInputHours(
  { db }: Pick<Hub, "db">,
  forecastId: string,
  filter: InputFilter,
): Promise<Result<InputHourRows, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const rows = await listRows(db, forecast.value.id, { ...filter, ...rangeIn("hour", filter) });
  return success({ forecast: forecast.value.id, rows });
}
