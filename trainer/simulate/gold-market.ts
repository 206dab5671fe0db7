/**
 * Simulates the price of gold: a log random walk in euro, and exchange rates for the other currencies. Like the real
 * price it cannot be forecast better than by its last value.
 */
import { addDays, daysBetween, isoWeekday } from "../../shared/lib/calendar.ts";
import { isGoodFriday, MARKET_OPENS } from "./publication-days.ts";
import { type Random, randomFrom } from "./random.ts";

/** Units of each currency per euro on the first day, and the daily volatility of the rate. */
const CURRENCIES = [
  { code: "USD", perEuro: 1.2, volatility: 0.005 },
  { code: "EUR", perEuro: 1, volatility: 0 },
  { code: "JPY", perEuro: 135, volatility: 0.006 },
  { code: "GBP", perEuro: 0.88, volatility: 0.004 },
  { code: "CAD", perEuro: 1.5, volatility: 0.005 },
  { code: "CHF", perEuro: 1.17, volatility: 0.003 },
  { code: "INR", perEuro: 76, volatility: 0.005 },
  { code: "CNY", perEuro: 7.8, volatility: 0.004 },
  { code: "TRY", perEuro: 4.5, volatility: 0.009, isPatchy: true },
  { code: "SAR", perEuro: 4.5, volatility: 0.005 },
  { code: "IDR", perEuro: 16_200, volatility: 0.005 },
  { code: "AED", perEuro: 4.4, volatility: 0.005 },
  { code: "THB", perEuro: 39, volatility: 0.005 },
  { code: "VND", perEuro: 27_000, volatility: 0.004, isPatchy: true },
  { code: "EGP", perEuro: 21, volatility: 0.006, isPatchy: true },
  { code: "KRW", perEuro: 1_290, volatility: 0.005 },
  { code: "RUB", perEuro: 69, volatility: 0.009, isPatchy: true },
  { code: "ZAR", perEuro: 14.8, volatility: 0.008 },
  { code: "AUD", perEuro: 1.53, volatility: 0.005 },
] as const;

export const GOLD_CURRENCIES: readonly string[] = CURRENCIES.map(({ code }) => code);

const FIRST_PRICE = 1_080;
const DRIFT = 0.0003;
const VOLATILITY = 0.009;
/** Daily probability that a patchy currency starts a gap of `#N/A`, and the maximum length of the gap in weekdays. */
const OUTAGE = { odds: 0.004, daysMax: 10 };
/** Patchy currencies have no price before their first quoted day. */
const QUOTED_FROM = { day: 60, spread: 200 };
/** One day in this many is published with an error, which is corrected some days later. */
const MISTAKE_ODDS = 25;
const CORRECTED_AFTER_DAYS = 4;

export interface GoldMarket {
  /** Returns the weekdays from the first day to `until`. */
  days(until: string): string[];
  /** Returns the prices of a day by currency, as in the file of the day `today`; null for `#N/A`. */
  prices(day: string, today: string): readonly (number | null)[];
}

/** Returns the market of a seed. The same seed gives the same prices; prices up to a day do not depend on later requests. */
export function goldMarket({ seed, firstDay }: { seed: string | number; firstDay: string }): GoldMarket {
  const random = randomFrom(seed).substream("gold-market");
  const history = historyOf(random.substream("prices"));
  const mistakes = random.substream("mistakes");
  return {
    days(until) {
      history.extend(until);
      return [...history.byDay.keys()].filter((day) => day >= firstDay && day <= until);
    },
    prices(day, today) {
      history.extend(day);
      const prices = history.byDay.get(day);
      if (!prices) throw new RangeError(`Gold has no price on ${day}. days() returns the days with prices.`);
      if (daysBetween(day, today) >= CORRECTED_AFTER_DAYS) return prices;
      const ofDay = mistakes.substream(day);
      if (ofDay.integer(MISTAKE_ODDS) !== 0) return prices;
      const at = ofDay.integer(prices.length);
      const price = prices[at] ?? null;
      return price === null ? prices : prices.with(at, price * 1.004);
    },
  };
}

function historyOf(random: Random): { extend(until: string): void; byDay: ReadonlyMap<string, (number | null)[]> } {
  const euro = random.substream("EUR");
  let price = FIRST_PRICE;
  const rates = CURRENCIES.map((currency) => rateOf(currency, random.substream(`rate/${currency.code}`)));
  const byDay = new Map<string, (number | null)[]>();
  let next = MARKET_OPENS;
  let last: (number | null)[] | undefined;
  return {
    byDay,
    extend(until) {
      for (; next <= until; next = addDays(next, 1)) {
        if (isoWeekday(next) > 5) continue;
        if (!last || !isHoliday(next)) {
          price *= Math.exp(DRIFT + VOLATILITY * euro.normal());
          last = rates.map((rate) => {
            const perEuro = rate();
            return perEuro === null ? null : price * perEuro;
          });
        }
        byDay.set(next, last);
      }
    },
  };
}

/** Returns a function that gives a currency's rate per euro, day by day; null while it is not quoted. */
function rateOf({ perEuro, volatility, ...rest }: (typeof CURRENCIES)[number], random: Random): () => number | null {
  const isPatchy = "isPatchy" in rest;
  let rate: number = perEuro;
  let gapDays = isPatchy ? QUOTED_FROM.day + random.integer(QUOTED_FROM.spread) : 0;
  return () => {
    rate *= Math.exp(volatility * random.normal());
    if (isPatchy && gapDays === 0 && random.uniform() < OUTAGE.odds) gapDays = 1 + random.integer(OUTAGE.daysMax);
    if (gapDays === 0) return rate;
    gapDays -= 1;
    return null;
  };
}

/** London does not trade on these days; the file repeats the prices of the day before. */
function isHoliday(day: string): boolean {
  return ["01-01", "12-25", "12-26"].includes(day.slice(5)) || isGoodFriday(day);
}
