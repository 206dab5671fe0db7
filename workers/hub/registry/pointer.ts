/** KV `champion:<forecast>`: the version that `predict` serves. It is a copy of D1, and upkeep rewrites it if they differ. */
import type { ChampionPointer } from "../../../shared/api/champion.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import { findServed } from "../../../shared/db/served.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { ensureServed, type ServingHub } from "./served.ts";

/** Maximum number of rewrites in a row. More indicate another fault; the hourly repair then corrects the pointer. */
const rewritesMax = 5;

/**
 * Copies the champion from D1 to KV. Another run may change the champion while KV is written, so D1 is read again afterwards,
 * and the pointer is written again if the champion changed.
 */
export async function writePointer(
  hub: Pick<Hub, "db" | "snapshots">,
  forecast: string,
): Promise<ChampionPointer | null> {
  let pointer = await pointerOf(hub, forecast);
  for (let writes = 1; pointer; writes++) {
    await hub.snapshots.put(championKey(forecast), JSON.stringify(pointer));
    const latest = await pointerOf(hub, forecast);
    if (JSON.stringify(latest) === JSON.stringify(pointer) || writes === rewritesMax) break;
    pointer = latest;
  }
  return pointer;
}

/**
 * Writes the served.json of each champion if it is missing or the declaration changed, then each pointer that differs
 * from D1. Returns the keys of the changed pointers.
 */
export async function repairPointers(
  hub: ServingHub & Pick<Hub, "snapshots">,
  forecasts: readonly Forecast[],
): Promise<string[]> {
  const repaired: string[] = [];
  for (const forecast of forecasts) {
    const { id } = forecast;
    const key = championKey(id);
    await serveChampion(hub, forecast);
    // Reads KV before D1: KV is always written after D1, so a promotion in between is not mistaken for an invalid pointer.
    const found = await hub.snapshots.get(key);
    const pointer = await pointerOf(hub, id);
    if (found === (pointer && JSON.stringify(pointer))) continue;
    if (pointer) await writePointer(hub, id);
    else await hub.snapshots.delete(key);
    repaired.push(key);
  }
  return repaired;
}

/**
 * Writes the served.json of a champion. If that fails, the pointer does not change and predict reports why it cannot
 * load the version.
 */
async function serveChampion(hub: ServingHub, forecast: Forecast): Promise<void> {
  const champion = await findChampion(hub.db, forecast.id);
  if (champion === null) return;
  const served = await ensureServed(hub, { forecast, version: champion.version });
  if (served.ok) return;
  const { detail, found, expected } = served.error;
  console.error(
    `${forecast.id} ${champion.version} has no served.json: ${detail} Found ${found}, expected ${expected}.`,
  );
}

async function pointerOf(hub: Pick<Hub, "db">, forecast: string): Promise<ChampionPointer | null> {
  const champion = await findChampion(hub.db, forecast);
  const model = champion && (await findModel(hub.db, forecast, champion.version));
  if (!model) return null;
  const { version, number, since: at } = champion;
  const { modelSha256, modelBytes, cardSha256 } = model;
  const served = await findServed(hub.db, forecast, version);
  return {
    forecast,
    version,
    number,
    at,
    model: { sha256: modelSha256, bytes: modelBytes },
    card: { sha256: cardSha256 },
    ...(served && { served: { sha256: served.sha256, number: served.number } }),
  };
}
