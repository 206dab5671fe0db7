/** The online history of a forecast: what KV holds under `history:<forecast>`, and what `predict` computes features from. */
import { z } from "zod";
import { forecastPanel } from "../features/facts.ts";
import { reachOf } from "../features/feature.ts";
import type { Panel, PanelSeries } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { Fact } from "../lake/fact.ts";

const valuesShape = z.array(z.number().nullable());

export const historyShape = z.object({
  forecast: z.string(),
  feed: z.string(),
  variable: z.string(),
  dimensions: z.array(z.string()),
  /** Oldest first. */
  periods: z.array(z.string()),
  /** Values of the dimensions, and one value a period; null where there is none. */
  series: z.array(
    z.object({
      is: z.array(z.string()),
      values: valuesShape,
      /** The other variables that features look at, by name, in the shape of `values`. Absent where there are none. */
      others: z.record(z.string(), valuesShape).optional(),
    }),
  ),
});

export type History = z.infer<typeof historyShape>;

/**
 * The history of a forecast, as far back as its features reach, from its feed's facts. The same facts give the same text, in
 * whatever order they come.
 */
export function buildHistory(forecast: Forecast, facts: readonly Fact[]): History {
  const { dimensions, periods, series } = forecastPanel(forecast, facts);
  const first = Math.max(0, periods.length - reachOf(forecast.features));
  const told = (values: Float64Array) =>
    Array.from(values.subarray(first), (value) => (Number.isNaN(value) ? null : value));
  return {
    forecast: forecast.id,
    feed: forecast.feed,
    variable: forecast.variable,
    dimensions: [...dimensions],
    periods: periods.slice(first),
    series: series.map(({ is, values, others }) => ({
      is: [...is],
      values: told(values),
      ...(others && { others: mapValues(others, told) }),
    })),
  };
}

/** The panel that a history is; what it does not have is NaN. */
export function panelOfHistory({ dimensions, periods, series }: History): Panel {
  const numbers = (values: readonly (number | null)[]) => Float64Array.from(values, (one) => one ?? Number.NaN);
  return {
    dimensions,
    periods,
    series: series.map(
      ({ is, values, others }): PanelSeries => ({
        is,
        values: numbers(values),
        ...(others && { others: mapValues(others, numbers) }),
      }),
    ),
  };
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
