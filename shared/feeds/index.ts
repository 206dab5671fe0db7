import type { Granularity } from "../period.ts";
import { clCentralBank } from "./cl-central-bank.ts";
import { clMilkPrice } from "./cl-milk-price.ts";
import { clRain } from "./cl-rain.ts";
import { customersCsv } from "./customers-csv.ts";
import type { Feed } from "./feed.ts";
import { goldCsv } from "./gold-csv.ts";
import { openMeteoAirQuality } from "./open-meteo-air-quality.ts";
import { vigo } from "./places.ts";
import { sniimMilk } from "./sniim-milk.ts";
import { transactionsJson } from "./transactions-json.ts";

/** The catalogue. A new feed is one file in this folder and one entry here. */
export const feeds: readonly Feed[] = [
  sniimMilk,
  goldCsv,
  openMeteoAirQuality("open-meteo-air-quality", vigo),
  clMilkPrice,
  clRain,
  clCentralBank,
  transactionsJson,
  customersCsv,
];

export function findFeed(id: string): Feed | undefined {
  return feeds.find((feed) => feed.id === id);
}

/** Returns the granularity of a feed. Throws if the catalogue has no such feed, which is a mistake in a declaration. */
export function granularityOfFeed(id: string): Granularity {
  const feed = findFeed(id);
  if (feed) return feed.granularity;
  throw new RangeError(`There is no feed ${id} in shared/feeds/index.ts`);
}
