/** Describes the champions: since when and why they serve. */
import type { ReportServing } from "../../../shared/api/report-model.ts";
import { listServing, type ServingRow } from "../../../shared/db/serving.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
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

/** Returns the facts of a sentence about the champion of a forecast; null if they have changed since, or describe a failure. */
export async function factsOfDecision(
  { db }: Pick<Hub, "db">,
  forecast: Forecast,
  sentence: string,
): Promise<ReportServing | null> {
  const needs = lookRuleOf(forecast);
  const [row] = await listServing(db, forecast.id);
  if (row === undefined || describeServing(row, needs) !== sentence) return null;
  const { forecast: _, number, loadFailure, ...facts } = row;
  return { ...facts, needs };
}

/** Returns null for a forecast that is no longer in the catalogue. */
function decisionText(row: ServingRow): string | null {
  const forecast = findForecast(row.forecast);
  return forecast ? describeServing(row, lookRuleOf(forecast)) : null;
}
