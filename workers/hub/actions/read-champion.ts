import type { ChampionAnswer } from "../../../shared/api/champions.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { findChampion, listChampions } from "../../../shared/db/champions.ts";
import { usedThrough } from "../../../shared/db/gates.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireForecast } from "./require.ts";

/** Reads the champion of a forecast and every change of it, newest first. */
export async function readChampion(
  { db }: Pick<Hub, "db">,
  forecastId: string,
): Promise<Result<ChampionAnswer, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const [champion, changes, used] = await Promise.all([
    findChampion(db, id),
    listChampions(db, id),
    usedThrough(db, id),
  ]);
  return success({ forecast: id, champion, usedThrough: used, changes: changes.reverse() });
}
