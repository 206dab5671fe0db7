/** The online history of a forecast: what KV holds under `history:<forecast>`, and what `predict` computes features from. */
import { z } from "zod";
import type { Feed } from "../feeds/feed.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { compareText, type Fact, seriesValues } from "../lake/fact.ts";

export const historyShape = z.object({
  forecast: z.string(),
  feed: z.string(),
  variable: z.string(),
  dimensions: z.array(z.string()),
  /** Oldest first. */
  periods: z.array(z.string()),
  /** Values of the dimensions, and one value a period; null where there is none. */
  series: z.array(z.object({ is: z.array(z.string()), values: z.array(z.number().nullable()) })),
});

export type History = z.infer<typeof historyShape>;

/** The history of a forecast's target. The same facts give the same text, in whatever order they come. */
export function buildHistory(forecast: Forecast, feed: Feed, facts: readonly Fact[]): History {
  const periods = [...new Set(facts.map((fact) => fact.period))].sort(compareText);
  const position = new Map(periods.map((period, index) => [period, index]));
  const bySeries = new Map<string, (number | null)[]>();
  for (const { series, period, value } of facts) {
    const values = bySeries.get(series) ?? periods.map(() => null);
    values[position.get(period) ?? 0] = value;
    bySeries.set(series, values);
  }
  return {
    forecast: forecast.id,
    feed: feed.id,
    variable: forecast.variable,
    dimensions: [...feed.dimensions],
    periods,
    series: [...bySeries]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, values]) => ({ is: seriesValues(key), values })),
  };
}
