/** What the champion of a forecast reads from the history, whatever the declaration in the source says today. */
import { findChampion } from "../../../shared/db/champions.ts";
import { findServed } from "../../../shared/db/served.ts";
import { type Feature, readFeature } from "../../../shared/features/feature.ts";
import type { ServedNeeds } from "../../../shared/sources/history-needs.ts";
import type { Hub } from "../hub.ts";
import { readServedFile } from "./served.ts";

/**
 * Returns the needs of the champion; an empty list where there is none, where it has no readable served.json, or where this
 * code does not compute one of its features: predict cannot serve it then either.
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
