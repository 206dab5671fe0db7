/**
 * Simulates the prices of the milk market, one publication after the other.
 *
 * A target price changes slowly: a national level, plus states, cities and a premium for each variety. The published price
 * is sticky: it stays until the shops reprice, and then moves only part of the way to the target. Repricing is clustered:
 * by city (some often, some never), by channel, by supermarket chain, and at the start of a month.
 */
import { MILK_CITIES, type MilkCity, VARIETIES } from "./milk-cities.ts";
import type { Random } from "./random.ts";

/** Range of all simulated prices, in pesos per litre. */
const PRICE_MIN = 15;
const PRICE_MAX = 40;

const NATIONAL_LEVEL = 26.5;
const ULTRA_PREMIUM = 1.9;
const CHAINS = 5;
/** Prices go up slightly more often than down. The pull to the target bounds them. */
const DRIFT = 0.06;
/** Share of the distance to the target that one repricing moves. */
const PULL = 0.35;
const MONTH_START_FACTOR = 1.5;
const CHAIN_ODDS = { monthStart: 0.25, otherwise: 0.015, followed: 0.6 };
/** Probability of each channel in a city that reprices, and of each variety in the channel. */
const CHANNEL_ODDS = 0.7;
const VARIETY_ODDS = 0.8;
/** Some price changes are several times larger. */
const LARGE_MOVE = { odds: 0.05, factor: 5 };
const OUTAGE = { odds: 0.0006, publicationsMax: 3 };
/** Numbers of shops. A published price is the mean of their prices, which are multiples of 50 centavos. */
const SHOPS = [1, 2, 2, 3, 4, 4, 5, 6, 8] as const;

/** The inputs of one publication. */
export interface PriceStep {
  /** Days since the previous publication. */
  readonly gapDays: number;
  /** Whether it is the first publication of its month. */
  readonly startsMonth: boolean;
}

/** Prices of one publication: cities in the order of `MILK_CITIES`, each with one price per entry of `VARIETIES`. */
export type CityPrices = readonly (readonly (number | null)[])[];

/** Starts a process. Each call returns the next publication; null: no price was reported. O(cities) per call. */
export function milkProcess(random: Random): (step: PriceStep) => CityPrices {
  const national = wandering(random.substream("national"), { sd: 1.5, halfLifeDays: 500 });
  const states = new Map(
    MILK_CITIES.map(({ state }) => [
      state,
      wandering(random.substream(`state/${state}`), { sd: 1.2, halfLifeDays: 1500 }),
    ]),
  );
  const chains = Array.from({ length: CHAINS }, (_, index) => chainOf(random.substream(`chain/${index}`)));
  const activity = restlessness(random.substream("restlessness"));
  const cities = MILK_CITIES.map((place, index) =>
    cityOf(place, {
      random: random.substream(`city/${place.state}/${place.city}`),
      activity: activity[index] ?? 0,
      chains,
    }),
  );
  return (step) => {
    const nation = NATIONAL_LEVEL + national(step.gapDays);
    const levels = new Map([...states].map(([state, wander]) => [state, nation + wander(step.gapDays)]));
    for (const chain of chains) chain.step(step);
    return cities.map((city, index) => city(step, levels.get(MILK_CITIES[index]?.state ?? "") ?? nation));
  };
}

interface Chain {
  step(step: PriceStep): void;
  /** Change by a new price list; null without a new list. */
  readonly shock: number | null;
}

function chainOf(random: Random): Chain {
  let shock: number | null = null;
  return {
    step: ({ startsMonth }) => {
      const odds = startsMonth ? CHAIN_ODDS.monthStart : CHAIN_ODDS.otherwise;
      shock = random.uniform() < odds ? DRIFT + 0.4 * random.normal() : null;
    },
    get shock() {
      return shock;
    },
  };
}

/** Returns each city's probability to reprice at one publication: the same values for every seed, in random order. */
function restlessness(random: Random): number[] {
  const odds = MILK_CITIES.map((_, rank) => 0.03 + 0.88 * ((rank + 0.5) / MILK_CITIES.length) ** 2);
  for (let last = odds.length - 1; last > 0; last -= 1) {
    const other = random.integer(last + 1);
    [odds[last], odds[other]] = [odds[other] ?? 0, odds[last] ?? 0];
  }
  return odds;
}

interface CityTraits {
  readonly random: Random;
  readonly activity: number;
  readonly chains: readonly Chain[];
}

function cityOf(place: MilkCity, { random, activity, chains }: CityTraits) {
  const level = wandering(random.substream("level"), { sd: 1.2, halfLifeDays: 1000 });
  const chain = chains[random.integer(chains.length)];
  const shelves = VARIETIES.map(({ tipo, canal }) => ({
    channel: canal,
    ...shelfOf(random.substream(`${tipo}/${canal}`), tipo === "Leche ultrapasteurizada" ? ULTRA_PREMIUM : 0),
  }));
  const outage = outages(random.substream("outages"));
  return ({ gapDays, startsMonth }: PriceStep, stateLevel: number): (number | null)[] => {
    const target = stateLevel + level(gapDays);
    const reprices = random.uniform() < activity * (startsMonth ? MONTH_START_FACTOR : 1);
    for (const channel of ["Autoservicios", "Tiendas"] as const) {
      const followsChain = channel === "Autoservicios" && random.uniform() < CHAIN_ODDS.followed;
      const chainShock = followsChain ? chain?.shock : null;
      const ownShock = reprices && random.uniform() < CHANNEL_ODDS ? DRIFT + 0.2 * random.normal() : null;
      const shock = chainShock ?? ownShock;
      if (shock === null) continue;
      for (const shelf of shelves) if (shelf.channel === channel) shelf.reprice(target, shock);
    }
    const isUnreported = outage();
    return shelves.map((shelf, index) => (isUnreported || place.unsold.includes(index) ? null : shelf.price(target)));
  };
}

/** One variety in one city. Its price is constant until `reprice`. */
function shelfOf(random: Random, premium: number) {
  const own = premium + 1.2 * random.normal();
  const shops = SHOPS[random.integer(SHOPS.length)] ?? 1;
  let price: number | null = null;
  return {
    price(cityTarget: number): number {
      price ??= asPublished(cityTarget + own, shops);
      return price;
    },
    reprice(cityTarget: number, shock: number): void {
      if (price === null || random.uniform() >= VARIETY_ODDS) return;
      const size = random.uniform() < LARGE_MOVE.odds ? LARGE_MOVE.factor : 1;
      const move = PULL * (cityTarget + own - price) + shock + 0.35 * size * random.normal();
      price = asPublished(price + move, shops);
    },
  };
}

/** Rounds a price to the mean of the shops' prices, in centavos, within the range. */
function asPublished(price: number, shops: number): number {
  const mean = Math.round(price * 2 * shops) / (2 * shops);
  return Math.min(PRICE_MAX, Math.max(PRICE_MIN, Math.round(mean * 100) / 100));
}

/** Returns a function that is true for a publication without a report from the city. */
function outages(random: Random): () => boolean {
  let remaining = 0;
  return () => {
    if (remaining > 0) remaining -= 1;
    else if (random.uniform() < OUTAGE.odds) remaining = 1 + random.integer(OUTAGE.publicationsMax);
    return remaining > 0;
  };
}

/**
 * Returns an Ornstein–Uhlenbeck process with mean 0, in pesos, exact for any step in days.
 * Uhlenbeck and Ornstein, Physical Review 36 (1930).
 */
function wandering(
  random: Random,
  { sd, halfLifeDays }: { sd: number; halfLifeDays: number },
): (days: number) => number {
  let level = sd * random.normal();
  return (days) => {
    const decay = 0.5 ** (days / halfLifeDays);
    level = decay * level + sd * Math.sqrt(1 - decay * decay) * random.normal();
    return level;
  };
}
