/** The online history of a forecast: what KV holds under `history:<forecast>`, and what `predict` computes features from. */
import { reachOf } from "../features/feature.ts";
import type { Panel, PanelSeries } from "../features/panel.ts";
import { targetSourceOf } from "../forecasts/source.ts";
import {
  dictionaryOf,
  integerFrom,
  listOf,
  listOfGaps,
  objectOf,
  optional,
  type Shape,
  text,
} from "../lib/validate-json.ts";
import { type FactsByFeed, forecastPanel } from "../sources/facts.ts";
import type { HistoryNeeds } from "../sources/history-needs.ts";

export interface History {
  /** Grows with every history of the forecast: an older one never replaces a newer one. Missing where it was not numbered. */
  readonly number?: number | undefined;
  readonly forecast: string;
  /** The feed of the target. */
  readonly feed: string;
  readonly variable: string;
  readonly dimensions: readonly string[];
  /** Oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly HistorySeries[];
}

type Values = readonly (number | null)[];

interface HistorySeries {
  /** Values of the dimensions. */
  readonly is: readonly string[];
  /** One value a period; null where there is none. */
  readonly values: Values;
  /** The other variables that features look at, by name, in the shape of `values`. Absent where there are none. */
  readonly others?: Readonly<Record<string, Values>> | undefined;
}

const texts = listOf(text);

export const historyShape: Shape<History> = objectOf<History>({
  number: optional(integerFrom(1)),
  forecast: text,
  feed: text,
  variable: text,
  dimensions: texts,
  periods: texts,
  series: listOf(
    objectOf<HistorySeries>({ is: texts, values: listOfGaps, others: optional(dictionaryOf(listOfGaps)) }),
  ),
});

/**
 * Returns the history of a forecast, as far back as its features reach, from its feeds' facts. The same facts give the same
 * text, whatever their order.
 */
export function buildHistory(forecast: HistoryNeeds, facts: FactsByFeed): History {
  const { dimensions, periods, series } = forecastPanel(forecast, facts);
  const first = Math.max(0, periods.length - reachOf(forecast.features));
  const told = (values: Float64Array) =>
    Array.from(values.subarray(first), (value) => (Number.isNaN(value) ? null : value));
  return {
    forecast: forecast.id,
    feed: targetSourceOf(forecast).feed,
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

/** Returns the text that KV holds for a history with a number. */
export function historyText(history: History, number: number): string {
  return JSON.stringify({ ...history, number });
}

/** The panel that a history is; what it does not have is NaN. */
export function panelOfHistory({ dimensions, periods, series }: History): Panel {
  return {
    dimensions,
    periods,
    series: series.map(
      ({ is, values, others }): PanelSeries => ({
        is,
        values: withGaps(values),
        ...(others && { others: mapValues(others, withGaps) }),
      }),
    ),
  };
}

/** NaN where there is none. */
function withGaps(values: Values): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let at = 0; at < numbers.length; at++) numbers[at] = values[at] ?? Number.NaN;
  return numbers;
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
