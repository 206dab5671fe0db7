/** Describes the champions: since when and why they serve. */
import { listServing, type ServingRow } from "../../../shared/db/serving.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { lookRuleOf } from "../../../shared/registry/look.ts";
import { describeLoadFailure, describeServing } from "../../../shared/registry/serving-text.ts";
import type { Hub } from "../hub.ts";

export interface DescribedChampion extends Pick<ServingRow, "forecast" | "version" | "number" | "since"> {
  readonly decision: string;
}

/** Describes all champions of the catalogue, or that of one forecast; a champion that predict cannot load, with the reason. */
export async function describeChampions(
  { db }: Pick<Hub, "db">,
  forecast: string | null = null,
): Promise<DescribedChampion[]> {
  return (await listServing(db, forecast)).flatMap((row) => {
    const { forecast: id, version, number, since, loadFailure } = row;
    const decision = loadFailure ? describeLoadFailure({ champion: version, ...loadFailure }) : decisionText(row);
    return decision === null ? [] : [{ forecast: id, version, number, since, decision }];
  });
}

/** Returns why the champion of a forecast serves, for its pointer; null without a champion. */
export async function decisionOf({ db }: Pick<Hub, "db">, forecast: string): Promise<string | null> {
  const [row] = await listServing(db, forecast);
  return row ? decisionText(row) : null;
}

/** Returns null for a forecast that is no longer in the catalogue. */
function decisionText(row: ServingRow): string | null {
  const forecast = findForecast(row.forecast);
  return forecast ? describeServing(row, lookRuleOf(forecast)) : null;
}
