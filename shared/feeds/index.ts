import type { Granularity } from "../period.ts";
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

/** Returns what the periods of a feed are. Throws on a feed that is not in the catalogue: a mistake of a forecast's declaration. */
export function granularityOfFeed(id: string): Granularity {
  const feed = findFeed(id);
  if (feed) return feed.granularity;
  throw new RangeError(`there is no feed ${id}`);
}
