/** KV `champion:<forecast>`: which version `predict` serves. It repeats D1, and upkeep rewrites it where the two differ. */
import type { ChampionPointer } from "../../../shared/api/champion.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import { findServed } from "../../../shared/db/served.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { ensureServed, type ServingHub } from "./served.ts";

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
    if (JSON.stringify(latest) === JSON.stringify(pointer) || writes === rewritesMax) break;
    pointer = latest;
  }
  return pointer;
}

/**
 * Writes the served.json of every champion where it is missing or its declaration changed, then every pointer that differs from
 * D1. Returns the keys of the pointers that it changed.
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

/** A champion that cannot be served keeps its pointer, and predict says why it cannot load it. */
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
