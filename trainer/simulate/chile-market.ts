/**
 * Simulates monthly data of Chile: the price of milk, with a season that can be forecast; rain; and statistics of the
 * central bank, which are random walks that do not help.
 */
import { anchorMonth, columns } from "../../shared/feeds/cl-central-bank/columns.ts";
import { clRain } from "../../shared/feeds/cl-rain.ts";
import { addPeriods } from "../../shared/period.ts";
import { type Random, randomFrom } from "./random.ts";

const OPENS = "1979-01";
const FIRST_PRICE = 3.85;
/** Growth per month: 2 % at first, less every year, and hardly any after thirty years. */
const GROWTH = { first: 0.02, halfLifeMonths: 90, last: 0.002 };
/** Seasonal deviation of the logarithm of the price, from January: milk is scarce in winter. */
const SEASON = [-0.02, 0.0, 0.03, 0.06, 0.08, 0.08, 0.06, 0.03, -0.02, -0.06, -0.08, -0.05];
const VOLATILITY = 0.015;

/** Months of the central bank's file. These columns are longer than the others. */
const LONG = ["Imacec_empalmado", "Tipo_de_cambio_del_dolar", "Precio_del_petroleo_WTI", "Precio_del_cobre_refinado"];
const LONG_FROM = "1996-01";
const OTHERS_FROM = "2022-01";
const BANK_VOLATILITY = 0.03;

/** Values by month, oldest first. */
export type Monthly = ReadonlyMap<string, number>;

export interface ChileMarket {
  /** Price in pesos per litre. */
  price(until: string): Monthly;
  /** Millimetres per month, by region. */
  rain(until: string): ReadonlyMap<string, Monthly>;
  /** By column of the central bank's file. */
  bank(until: string): ReadonlyMap<string, Monthly>;
}

/** Returns the market of a seed. Values up to a month do not depend on later months. `until`: the last month. */
export function chileMarket(seed: string | number): ChileMarket {
  const random = randomFrom(seed).substream("chile-market");
  return {
    price: (until) => priceOf(random.substream("price"), until),
    rain: (until) =>
      new Map(Object.keys(clRain.variables).map((region) => [region, rainOf(random.substream(region), until)])),
    bank: (until) => new Map(Object.keys(columns).map((name) => [name, walkOf(random.substream(name), name, until)])),
  };
}

function monthsFrom(first: string, until: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= until; month = addPeriods(month, 1)) months.push(month);
  return months;
}

const monthOf = (period: string) => Number(period.slice(5));

function priceOf(random: Random, until: string): Monthly {
  let level = Math.log(FIRST_PRICE);
  return new Map(
    monthsFrom(OPENS, until).map((period, at) => {
      level += GROWTH.last + GROWTH.first * 0.5 ** (at / GROWTH.halfLifeMonths) + VOLATILITY * random.normal();
      return [period, Math.exp(level + (SEASON[monthOf(period) - 1] ?? 0))];
    }),
  );
}

/** Rain falls in winter: a season between 5 and 150 mm, times a random factor. */
function rainOf(random: Random, until: string): Monthly {
  const usual = 0.5 + random.uniform();
  return new Map(
    monthsFrom(OPENS, until).map((period) => {
      const winter = (1 - Math.cos((2 * Math.PI * (monthOf(period) - 0.5)) / 12)) / 2;
      return [period, usual * (5 + 145 * winter) * Math.exp(0.5 * random.normal())];
    }),
  );
}

/** A random walk of the logarithm that has about the column's real size in the month of the anchor. */
function walkOf(random: Random, name: string, until: string): Monthly {
  const from = LONG.some((start) => name.startsWith(start)) ? LONG_FROM : OTHERS_FROM;
  const months = monthsFrom(from, until);
  const steps = months.map(() => BANK_VOLATILITY * random.normal());
  const levels: number[] = [];
  let sum = 0;
  for (const step of steps) {
    sum += step;
    levels.push(sum);
  }
  const anchor = levels[Math.max(0, months.indexOf(anchorMonth))] ?? 0;
  const size = Math.log(columns[name]?.level ?? 1);
  return new Map(months.map((period, at) => [period, Math.exp(size + (levels[at] ?? 0) - anchor)]));
}
