/**
 * Builds a small publication in which changes continue in the same direction, so that a model can learn from it in a
 * second.
 */
import { addDays } from "../../shared/lib/calendar.ts";
import { seededNormal, seededRandom } from "./chance.ts";
import { type City, publication } from "./sniim.ts";

const cities = [
  { state: "Jalisco", city: "Guadalajara" },
  { state: "Sonora", city: "Hermosillo" },
  { state: "Puebla", city: "Puebla" },
];

export const lively = {
  /** A fifth of them is 30 periods, the minimum for a first champion. */
  periods: 150,
  /** Monday, Wednesday and Friday. */
  dayOf: (period: number): string =>
    addDays(addDays("2024-01-01", Math.floor(period / 3) * 7), [0, 2, 4][period % 3] ?? 0),
};

/** Returns the first `periods` periods of a fixed history. */
export function livelyPublication({ periods }: { readonly periods: number }) {
  const random = seededRandom(11);
  const series = cities.map(() => [0, 1, 2, 3].map((item) => ({ price: 22 + item, change: 0 })));
  const blocks = Array.from({ length: periods }, (_, period) => ({
    day: lively.dayOf(period),
    cities: cities.map((place, i): City => {
      const [a, b, c, d] = (series[i] ?? []).map((one) => next(one, random));
      return { ...place, prices: [a ?? 0, b ?? 0, c ?? 0, d ?? 0] };
    }),
  }));
  const [year, month, day] = lively.dayOf(periods - 1).split("-");
  return { name: `Leche${day}${month}${year}.xlsx`, bytes: publication(blocks) };
}

/** Generates an AR(1) process in differences around a level. */
function next(one: { price: number; change: number }, random: () => number): number {
  one.change = 0.6 * one.change + 0.3 * seededNormal(random) + 0.01 * (24 - one.price);
  one.price = Math.min(60, Math.max(8, one.price + one.change));
  return Math.round(one.price * 100) / 100;
}
