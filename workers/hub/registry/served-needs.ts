/**
 * Reads the variables that the champion of a forecast needs from the history, independent of the current declaration.
 */
import { findChampion } from "../../../shared/db/champions.ts";
import { findServed } from "../../../shared/db/served.ts";
import { type Feature, readFeature } from "../../../shared/features/feature.ts";
import type { ServedNeeds } from "../../../shared/sources/history-needs.ts";
import type { Hub } from "../hub.ts";
import { readServedFile } from "./served.ts";

/**
 * Returns the needs of the champion. The list is empty if predict cannot serve the champion: there is none, its
 * served.json is unreadable, or this code does not compute one of its features.
 */
export async function readServedNeeds(hub: Pick<Hub, "db" | "lake">, forecast: string): Promise<ServedNeeds[]> {
  const champion = await findChampion(hub.db, forecast);
  const served = champion && (await findServed(hub.db, forecast, champion.version));
  const file = served && (await readServedFile(hub, served));
  if (!file) return [];
  const { sources, events, features: declared } = file.declaration;
  const features: Feature[] = [];
  for (const one of declared) {
    const feature = readFeature(one);
    if (!feature.ok) return [];
    features.push(feature.value);
  }
  return [{ sources, features, ...(events && { events }) }];
}
