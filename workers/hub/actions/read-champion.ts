import type { ChampionAnswer } from "../../../shared/api/champions.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { findChampion, listChampions } from "../../../shared/db/champions.ts";
import { readLookHistory } from "../../../shared/db/looks.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { describeChampions } from "../registry/describe.ts";
import { requireForecast } from "./require.ts";

/** Reads the champion of a forecast and every change of it, newest first. */
export async function readChampion(
  { db }: Pick<Hub, "db">,
  forecastId: string,
): Promise<Result<ChampionAnswer, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const [champion, changes, history, described] = await Promise.all([
    findChampion(db, id),
    listChampions(db, id),
    readLookHistory(db, forecast.value),
    describeChampions({ db }, id),
  ]);
  const [{ decision = null } = {}] = described;
  return success({
    forecast: id,
    champion,
    decision,
    ...history,
    looks: [...history.looks],
    changes: changes.reverse(),
  });
}
