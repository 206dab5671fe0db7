import type { Feed } from "./feed.ts";
import { goldCsv } from "./gold-csv.ts";
import { openMeteoAirQuality } from "./open-meteo-air-quality.ts";
import { vigo } from "./places.ts";
import { sniimMilk } from "./sniim-milk.ts";

/** The catalogue: a new feed is one file in this folder and one name here. */
export const feeds: readonly Feed[] = [sniimMilk, goldCsv, openMeteoAirQuality("open-meteo-air-quality", vigo)];

export function findFeed(id: string): Feed | undefined {
  return feeds.find((feed) => feed.id === id);
}
