/** The history of a forecast, stored in KV under `history:<forecast>`. `predict` computes features from it. */

import { reachOf } from "../features/feature.ts";
import type { Panel, PanelSeries } from "../features/panel.ts";
import { dayNumber, type TimedValues } from "../features/timeline.ts";
import { eventsRuleOf, targetSourceOf } from "../forecasts/source.ts";
import { mapValues } from "../lib/map-values.ts";
import { parseJson } from "../lib/parse-json.ts";
import {
  dictionaryOf,
  integerFrom,
  listOf,
  listOfNumbersOrNull,
  objectOf,
  optional,
  type Shape,
  text,
  validateJson,
} from "../lib/validate-json.ts";
import { type FactsByFeed, forecastPanel } from "../sources/facts.ts";
import type { HistoryNeeds } from "../sources/history-needs.ts";
import { recentTimeline } from "../sources/recent-timeline.ts";

export interface History {
  /** Grows with each history of the forecast, so that an older one never replaces a newer one. Missing in old histories. */
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
  /** One value per period; null if it is missing. */
  readonly values: Values;
  /** The other variables that features read, by name, in the shape of `values`. Absent if there are none. */
  readonly others?: Readonly<Record<string, Values>> | undefined;
  /** For a forecast of the next event: the events and statements that its features read. */
  readonly timeline?: HistoryTimeline | undefined;
}

interface HistoryTimeline {
  readonly target: HistoryTimed;
  readonly of: Readonly<Record<string, HistoryTimed>>;
}

/** Times in days since 1970-01-01, with one value each. */
interface HistoryTimed {
  readonly times: Values;
  readonly values: Values;
}

const timedShape = objectOf<HistoryTimed>({ times: listOfNumbersOrNull, values: listOfNumbersOrNull });

const texts = listOf(text);

export const historyShape: Shape<History> = objectOf<History>({
  number: optional(integerFrom(1)),
  forecast: text,
  feed: text,
  variable: text,
  dimensions: texts,
  periods: texts,
  series: listOf(
    objectOf<HistorySeries>({
      is: texts,
      values: listOfNumbersOrNull,
      others: optional(dictionaryOf(listOfNumbersOrNull)),
      timeline: optional(objectOf<HistoryTimeline>({ target: timedShape, of: dictionaryOf(timedShape) })),
    }),
  ),
});

/**
 * Builds the history of a forecast from the facts of its feeds, as far back as its features and its steps reach. The same facts in any
 * order give the same text.
 */
export function buildHistory(forecast: HistoryNeeds, facts: FactsByFeed): History {
  const { dimensions, periods, series } = forecastPanel(forecast, facts);
  const first = Math.max(0, periods.length - Math.max(reachOf(forecast.features), forecast.periodsMin ?? 1));
  const nullForGaps = (values: Float64Array) =>
    Array.from(values.subarray(first), (value) => (Number.isNaN(value) ? null : value));
  return {
    forecast: forecast.id,
    feed: targetSourceOf(forecast).feed,
    variable: forecast.variable,
    dimensions: [...dimensions],
    periods: periods.slice(first),
    series: seriesToStore(forecast, { dimensions, periods, series }).map(({ is, values, others, timeline }) => ({
      is: [...is],
      values: nullForGaps(values),
      ...(others && { others: mapValues(others, nullForGaps) }),
      ...(timeline && { timeline: { target: storedTimed(timeline.target), of: mapValues(timeline.of, storedTimed) } }),
    })),
  };
}

/** Returns the series of a panel; of a forecast of the next event those that are active, with what its features read. */
function seriesToStore(forecast: HistoryNeeds, { periods, series }: Panel): readonly PanelSeries[] {
  const rule = eventsRuleOf(forecast);
  const last = periods.at(-1);
  if (rule === null || last === undefined) return series;
  const options = { features: forecast.features, end: dayNumber(last) + 1, activeDays: rule.activeDays };
  return series.flatMap((one): PanelSeries[] => {
    const timeline = one.timeline && recentTimeline(one.timeline, options);
    return timeline ? [{ ...one, timeline }] : [];
  });
}

function storedTimed({ times, values }: TimedValues): HistoryTimed {
  return { times: [...times], values: [...values] };
}

/** Returns the text that is stored in KV for a history under a number. */
export function historyText(history: History, number: number): string {
  return JSON.stringify({ ...history, number });
}

/** Converts a history to a panel. Missing values become NaN. */
export function panelOfHistory({ dimensions, periods, series }: History): Panel {
  return {
    dimensions,
    periods,
    series: series.map(
      ({ is, values, others, timeline }): PanelSeries => ({
        is,
        values: nanForGaps(values),
        ...(others && { others: mapValues(others, nanForGaps) }),
        ...(timeline && { timeline: { target: readTimed(timeline.target), of: mapValues(timeline.of, readTimed) } }),
      }),
    ),
  };
}

function readTimed({ times, values }: HistoryTimed): TimedValues {
  return { times: nanForGaps(times), values: nanForGaps(values) };
}

function nanForGaps(values: Values): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let at = 0; at < numbers.length; at++) numbers[at] = values[at] ?? Number.NaN;
  return numbers;
}

/** Parses the text of a history; null if it is missing or invalid. */
export function parseHistory(text: string | null): History | null {
  const json = text === null ? null : parseJson(text);
  if (!json?.ok) return null;
  const read = validateJson(historyShape, json.value);
  return read.ok ? read.value : null;
}
