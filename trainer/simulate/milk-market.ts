/** The simulated milk market of Mexico: publication days and prices. */
import { addDays, daysBetween } from "../../shared/lib/calendar.ts";
import { MILK_CITIES, ZERO_BY_MISTAKE_CITY, ZERO_CITY } from "./milk-cities.ts";
import { type CityPrices, milkProcess } from "./milk-process.ts";
import { MARKET_OPENS, publicationDays } from "./publication-days.ts";
import { type Random, randomFrom } from "./random.ts";

export interface MilkMarket {
  /** Returns the days with a publication from the first day to `until` inclusive, in order, as YYYY-MM-DD. */
  publicationDays(until: string): string[];
  /** Returns the prices of one publication in pesos per litre, two decimals: 54 cities × 4, including 0 and null ("s/d"). */
  prices(day: string): CityPrices;
}

/**
 * Returns the market of a seed. The same seed gives the same prices; prices up to a day do not depend on later requests.
 * The first request costs about 0.1 ms per publication since `MARKET_OPENS`.
 */
export function milkMarket({ seed, firstDay }: { seed: string | number; firstDay: string }): MilkMarket {
  if (daysBetween(MARKET_OPENS, firstDay) < 0) {
    throw new RangeError(`The first day is ${firstDay}. Expected ${MARKET_OPENS} or later.`);
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
        throw new RangeError(`There is no publication on ${day}. publicationDays() returns the days.`);
      return prices;
    },
  };
}

/** Returns all publications so far by day, in order. `extend` adds publications up to a later day. */
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

/** Returns the variety with a wrong 0 at the first publication on or after a random day of the year; null at other publications. */
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
