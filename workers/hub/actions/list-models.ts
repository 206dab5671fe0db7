import type { z } from "zod";
import type { ModelList, modelsQueryShape } from "../../../shared/api/models.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { listModels as listRows } from "../../../shared/db/models.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { describeChampions } from "../registry/describe.ts";
import { requireForecast } from "./require.ts";

/** Lists registered versions, newest first. */
export async function listModels(
  { db }: Pick<Hub, "db">,
  query: z.infer<typeof modelsQueryShape>,
): Promise<Result<ModelList, Refusal>> {
  const forecast = query.forecast === undefined ? null : requireForecast(query.forecast);
  if (forecast && !forecast.ok) return forecast;
  const [models, champions] = await Promise.all([
    listRows(db, query),
    describeChampions({ db }, forecast?.value.id ?? null),
  ]);
  const decisionOf = ({ forecast, version }: (typeof models)[number]) =>
    champions.find((one) => one.forecast === forecast && one.version === version)?.decision ?? null;
  return success({ models: models.map((model) => ({ ...model, decision: decisionOf(model) })) });
}
