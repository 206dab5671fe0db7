import type { BackfillAnswer } from "../../../shared/api/backfills.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireCard } from "./read-model.ts";
import { requireForecast, requireModel } from "./require.ts";

/** Reads the champion's predictions of past periods. They are not part of the track record. */
export async function readBackfill(
  hub: Pick<Hub, "db" | "lake">,
  forecastId: string,
): Promise<Result<BackfillAnswer, Refusal>> {
  const forecast = requireForecast(forecastId);
  if (!forecast.ok) return forecast;
  const { id, unit, backfillFrom } = forecast.value;
  const champion = backfillFrom === undefined ? null : await findChampion(hub.db, id);
  if (champion === null) {
    const [detail, expected] =
      backfillFrom === undefined
        ? [`${id} has no backfill.`, "a forecast whose declaration has backfillFrom"]
        : [`${id} has no champion yet.`, "a trained forecast"];
    return failure({ kind: "not-found", detail, found: id, expected });
  }
  const model = await requireModel(hub, id, champion.version);
  if (!model.ok) return model;
  const card = await requireCard(hub, model.value);
  if (!card.ok) return card;
  return success({ forecast: id, version: champion.version, unit, predictions: card.value.backfill });
}
