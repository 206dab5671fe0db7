/** A small publication in which changes go on, so that there is something to learn and a training takes a second. */
import { addDays } from "../../shared/lib/calendar.ts";
import { seededNormal, seededRandom } from "./chance.ts";
import { type City, publication } from "./sniim.ts";

const cities = [
  { state: "Jalisco", city: "Guadalajara" },
  { state: "Sonora", city: "Hermosillo" },
  { state: "Puebla", city: "Puebla" },
];

export const lively = {
  /** A fifth of them are 30, as many as a first champion needs. */
  periods: 150,
  /** Monday to Friday, three times a week. */
  dayOf: (period: number): string =>
    addDays(addDays("2024-01-01", Math.floor(period / 3) * 7), [0, 2, 4][period % 3] ?? 0),
};

/** The first `periods` of one and the same history. */
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

/** An AR(1) in differences around a level that it does not leave. */
function next(one: { price: number; change: number }, random: () => number): number {
  one.change = 0.6 * one.change + 0.3 * seededNormal(random) + 0.01 * (24 - one.price);
  one.price = Math.min(60, Math.max(8, one.price + one.change));
  return Math.round(one.price * 100) / 100;
}
