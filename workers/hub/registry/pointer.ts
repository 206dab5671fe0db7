/** KV `champion:<forecast>`: the version that `predict` serves. It is a copy of D1, and upkeep rewrites it if they differ. */
import type { ChampionPointer, ServableVersion } from "../../../shared/api/champion.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import { findServed } from "../../../shared/db/served.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { decisionOf } from "./describe.ts";
import type { ServingHub } from "./served.ts";
import { listServable, type Servable } from "./serving.ts";

/** Maximum number of rewrites in a row. More indicate another fault; the hourly repair then corrects the pointer. */
const rewritesMax = 5;

export type PointerHub = ServingHub & Pick<Hub, "snapshots">;

/**
 * Copies the champion from D1 to KV. Another run may change the champion while KV is written, so D1 is read again afterwards,
 * and the pointer is written again if the champion changed.
 */
export async function writePointer(hub: PointerHub, forecast: Forecast): Promise<ChampionPointer | null> {
  let pointer = await pointerOf(hub, forecast);
  for (let writes = 1; pointer; writes++) {
    await hub.snapshots.put(championKey(forecast.id), JSON.stringify(pointer));
    const latest = await pointerOf(hub, forecast);
    if (JSON.stringify(latest) === JSON.stringify(pointer) || writes === rewritesMax) break;
    pointer = latest;
  }
  return pointer;
}

/** Returns the pointer that D1 implies; null without a champion. */
export async function pointerOf(hub: ServingHub, forecast: Forecast): Promise<ChampionPointer | null> {
  const champion = await findChampion(hub.db, forecast.id);
  const model = champion && (await findModel(hub.db, forecast.id, champion.version));
  if (!model) return null;
  const { version, number, since: at } = champion;
  const { modelSha256, modelBytes, cardSha256 } = model;
  const servable = await listServable(hub, forecast);
  const served = await findServed(hub.db, forecast.id, version);
  const decision = await decisionOf(hub, forecast.id);
  return {
    forecast: forecast.id,
    version,
    number,
    at,
    model: { sha256: modelSha256, bytes: modelBytes },
    card: { sha256: cardSha256 },
    ...(served && { served: { sha256: served.sha256, number: served.number } }),
    ...(decision !== null && { decision }),
    fallbacks: servable.filter((one) => one.version !== version).map(addressOf),
  };
}

function addressOf({ version, modelSha256, modelBytes, served }: Servable): ServableVersion {
  return {
    version,
    model: { sha256: modelSha256, bytes: modelBytes },
    served: { sha256: served.sha256, number: served.number },
  };
}
