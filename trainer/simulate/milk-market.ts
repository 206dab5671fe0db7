/** The simulated milk market of Mexico: on which days prices are published, and which. */

import { addDays, daysBetween } from "../../shared/lib/calendar.ts";
import { MILK_CITIES, ZERO_BY_MISTAKE_CITY, ZERO_CITY } from "./milk-cities.ts";
import { type CityPrices, milkProcess } from "./milk-process.ts";
import { MARKET_OPENS, publicationDays } from "./publication-days.ts";
import { type Random, randomFrom } from "./random.ts";

export interface MilkMarket {
  /** Days with a publication from the first day to `until`, both included, in order; ISO texts. */
  publicationDays(until: string): string[];
  /** Prices of one publication in pesos a litre, two decimals: 54 cities × 4; 0 and null ("s/d") as published. */
  prices(day: string): CityPrices;
}

/**
 * The market of a seed. Same seed, same prices; what is published up to a day never depends on how far one asks.
 * About 0.1 ms a publication since `MARKET_OPENS`, paid once.
 */
export function milkMarket({ seed, firstDay }: { seed: string | number; firstDay: string }): MilkMarket {
  if (daysBetween(MARKET_OPENS, firstDay) < 0) {
    throw new RangeError(`The simulated market opens on ${MARKET_OPENS}; found first day ${firstDay}.`);
  }
  const history = historyOf(randomFrom(seed).substream("milk-market"));
  return {
    publicationDays(until) {
      history.extend(until);
      return [...history.byDay.keys()].filter((day) => day >= firstDay && day <= until);
    },
    prices(day) {
      history.extend(day);
      const prices = day >= firstDay ? history.byDay.get(day) : undefined;
      if (prices === undefined)
        throw new RangeError(`Nothing is published on ${day}; ask publicationDays() for the days.`);
      return prices;
    },
  };
}

/** Everything published so far, in order of days; `extend` publishes on to a later day. */
function historyOf(random: Random): { extend(until: string): void; byDay: ReadonlyMap<string, CityPrices> } {
  const isPublished = publicationDays(random.substream("days"));
  const publish = milkProcess(random.substream("prices"));
  const mistakes = random.substream("mistakes");
  const byDay = new Map<string, CityPrices>();
  let next = MARKET_OPENS;
  let previous = addDays(MARKET_OPENS, -1);
  return {
    byDay,
    extend(until) {
      for (; daysBetween(next, until) >= 0; next = addDays(next, 1)) {
        if (!isPublished(next)) continue;
        const startsMonth = previous.slice(0, 7) !== next.slice(0, 7);
        const prices = publish({ gapDays: daysBetween(previous, next), startsMonth });
        byDay.set(next, withZeros(prices, mistakenVariety(mistakes, previous, next)));
        previous = next;
      }
    },
  };
}

/** The variety that is 0 by mistake at the first publication on or after one drawn day of each year; null at others. */
function mistakenVariety(random: Random, previous: string, day: string): number | null {
  const year = day.slice(0, 4);
  const ofYear = random.substream(year);
  const drawn = addDays(`${year}-01-08`, ofYear.integer(350));
  return previous < drawn && drawn <= day ? ofYear.integer(4) : null;
}

function withZeros(prices: CityPrices, mistaken: number | null): CityPrices {
  return prices.map((cityPrices, index) => {
    const city = MILK_CITIES[index]?.city;
    if (city === ZERO_CITY) return cityPrices.map((price) => (price === null ? null : 0));
    if (city === ZERO_BY_MISTAKE_CITY && mistaken !== null) return cityPrices.with(mistaken, 0);
    return cityPrices;
  });
}
