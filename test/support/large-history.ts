/** A history of 2,000 series: prices that change in one of four publications. */
import type { History } from "../../shared/api/history.ts";
import { randomFrom } from "../../trainer/simulate/random.ts";
import { historyOf } from "./served.ts";

const [seriesCount, periods] = [2_000, 151];

/** Returns the history. It is the same in every call. */
export function largeHistory(): History {
  const random = randomFrom("large");
  const history = historyOf("2026-11-20", periods);
  const series = Array.from({ length: seriesCount }, (_, at) => {
    let price = 20 + random.integer(1_000) / 100;
    const is = [`State ${at % 32}`, `City ${at >> 3}`, at % 2 === 0 ? "Pasteurizada" : "Ultra", `Canal ${at % 4}`];
    const values = history.periods.map(() => {
      if (random.integer(4) === 0) price = Math.max(1, Math.round(price * 100 + random.integer(201) - 100) / 100);
      return price;
    });
    return { is, values };
  });
  return { ...history, series };
}
