/** KV `champion:<forecast>`: what `predict` follows. It repeats D1 and is put right wherever the two differ. */
import type { ChampionPointer } from "../../../shared/api/champion.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";

/** Being overtaken this often in a row means that something else is wrong; the hourly repair has the last word. */
const rewritesMax = 5;

/**
 * Writes what D1 says. Whoever changes the champion while KV is being written may have written before us, so D1 is read
 * again afterwards, and written again if it has moved on.
 */
export async function writePointer(
  hub: Pick<Hub, "db" | "snapshots">,
  forecast: string,
): Promise<ChampionPointer | null> {
  let pointer = await pointerOf(hub, forecast);
  for (let writes = 1; pointer; writes++) {
    await hub.snapshots.put(championKey(forecast), JSON.stringify(pointer));
    const latest = await pointerOf(hub, forecast);
    if (latest?.number === pointer.number || writes === rewritesMax) break;
    pointer = latest;
  }
  return pointer;
}

/** Puts right every pointer that differs from D1; returns the keys that did. */
export async function repairPointers(
  hub: Pick<Hub, "db" | "snapshots">,
  forecasts: readonly Forecast[],
): Promise<string[]> {
  const repaired: string[] = [];
  for (const { id } of forecasts) {
    const key = championKey(id);
    // KV first: what it holds was in D1 before, so that a promotion in between is never mistaken for a ghost.
    const found = await hub.snapshots.get(key);
    const pointer = await pointerOf(hub, id);
    if (found === (pointer && JSON.stringify(pointer))) continue;
    if (pointer) await writePointer(hub, id);
    else await hub.snapshots.delete(key);
    repaired.push(key);
  }
  return repaired;
}

async function pointerOf(hub: Pick<Hub, "db">, forecast: string): Promise<ChampionPointer | null> {
  const champion = await findChampion(hub.db, forecast);
  const model = champion && (await findModel(hub.db, forecast, champion.version));
  if (!model) return null;
  const { version, number, since: at } = champion;
  const { modelSha256, modelBytes, cardSha256 } = model;
  return {
    forecast,
    version,
    number,
    at,
    model: { sha256: modelSha256, bytes: modelBytes },
    card: { sha256: cardSha256 },
  };
}
