/** Loads snapshots like predict, from a card, its model, a declaration and a history. */
import type { ChampionPointer } from "../../shared/api/champion.ts";
import type { History } from "../../shared/api/history.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { loadModel } from "../../shared/predict/load-model.ts";
import { readServed } from "../../shared/predict/read-served.ts";
import { buildOutlook, buildSnapshot, type Snapshot } from "../../shared/predict/snapshot.ts";
import { buildServed } from "../../shared/registry/build-served.ts";
import type { Card } from "../../shared/registry/card.ts";

export interface ServableParts {
  readonly forecast: Forecast;
  readonly card: Card;
  readonly model: Uint8Array;
  readonly history: History;
}

/** Returns the text of served.json. Throws if the card does not fit the forecast. */
export function servedTextOf(forecast: Forecast, card: Card): string {
  const built = buildServed(forecast, card);
  if (!built.ok) throw new Error(built.error);
  return built.value;
}

/** Returns the pointer to a version. */
export function pointerTo(card: Card, servedText: string, number = 1): ChampionPointer {
  return {
    forecast: card.forecast,
    version: card.version,
    number,
    at: "2026-11-20T12:00:00.000Z",
    model: { sha256: card.model.sha256, bytes: card.model.bytes },
    card: { sha256: sha256Hex(JSON.stringify(card)) },
    served: { sha256: sha256Hex(servedText), number: 1 },
  };
}

/** Loads a snapshot. `servedText` replaces the served.json that is built from the card. */
export function loadSnapshot(
  { forecast, card, model, history }: ServableParts,
  servedText = servedTextOf(forecast, card),
  number = 1,
): Snapshot {
  const description = readServed(servedText);
  if (!description.ok) throw new Error(description.error);
  const loaded = loadModel({ description: description.value, bytes: model, number, servedNumber: 1 });
  if (!loaded.ok) throw new Error(loaded.error.reason);
  const outlook = buildOutlook(description.value.forecast, history);
  if (!outlook.ok) throw new Error(outlook.error);
  const historyDigest = sha256Hex(JSON.stringify(history));
  return buildSnapshot({ model: loaded.value, outlook: outlook.value, historyDigest });
}
