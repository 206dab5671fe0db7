/** The online history of a forecast: what KV holds under `history:<forecast>`, and what `predict` computes features from. */
import type { Feed } from "../feeds/feed.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { compareText, type Fact, seriesValues } from "../lake/fact.ts";
import { finite, listOf, objectOf, orNull, type Shape, text } from "../shape.ts";

export interface History {
  readonly forecast: string;
  readonly feed: string;
  readonly variable: string;
  readonly dimensions: readonly string[];
  /** Oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly {
    /** Values of the dimensions. */
    readonly is: readonly string[];
    /** One value a period; null where there is none. */
    readonly values: readonly (number | null)[];
  }[];
}

const texts = listOf(text);

export const historyShape: Shape<History> = objectOf<History>({
  forecast: text,
  feed: text,
  variable: text,
  dimensions: texts,
  periods: texts,
  series: listOf(objectOf({ is: texts, values: listOf(orNull(finite)) })),
});

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
