/** Builds the panel of a forecast of the next event: the timeline of each series, from the facts of its sources. */
import type { Panel, PanelSeries } from "../features/panel.ts";
import { dayNumber, type TimedValues } from "../features/timeline.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { panelPeriods } from "../forecasts/schedule.ts";
import { type EventsRule, shiftOf, targetSourceOf } from "../forecasts/source.ts";
import { compareText, type Fact, seriesValues } from "../lake/fact.ts";
import { memoizeByKey } from "../lib/memoize-by-key.ts";
import { lastDayOf } from "../period.ts";

type EventForecast = Pick<Forecast, "id" | "variable" | "sources" | "events" | "schedule" | "dimensions">;

/** Facts by the id of their feed. */
type ByFeed = ReadonlyMap<string, readonly Fact[]>;

/** One event: the values of its variables by name. */
interface Event {
  /** Key of the series of the feed, which identifies the event. */
  readonly id: string;
  readonly period: string;
  readonly values: Map<string, number>;
}

const daySeconds = 86_400;

/**
 * Builds the panel. A series is one for each combination of the forecast's dimensions; its value of a period is the target at
 * the first event of the period. The result does not depend on the order of the facts. O(facts · log facts).
 */
export function eventPanel(forecast: EventForecast, rule: EventsRule, byFeed: ByFeed): Panel {
  const { dimensions, schedule } = forecast;
  const source = targetSourceOf(forecast);
  const count = dimensions.length;
  const events = eventsOf(byFeed.get(source.feed) ?? [], new Set(source.variables));
  const periods = panelPeriods(schedule, [...new Set(events.map(({ period }) => period))].sort(compareText));
  const positions = new Map(periods.map((period, at) => [period, at]));
  const statements = statementsOf(forecast, byFeed);
  const byKey = Map.groupBy(events, ({ id }) => JSON.stringify(seriesValues(id).slice(0, count)));
  const series = [...byKey]
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, own]): PanelSeries => {
      const sorted = own
        .map((event) => ({ event, time: timeOf(event, rule) }))
        .sort((a, b) => a.time - b.time || compareText(a.event.id, b.event.id));
      const column = (valueIn: (event: Event) => number | undefined) =>
        timed(sorted.flatMap(({ event, time }) => pair(time, valueIn(event))));
      const names = source.variables.filter((name) => name !== rule.second);
      const variables = Object.fromEntries(names.map((name) => [name, column(({ values }) => values.get(name))]));
      const target = column((event) => targetOf(forecast, event));
      const values = new Float64Array(periods.length).fill(Number.NaN);
      for (const { event } of sorted.toReversed()) {
        const at = positions.get(event.period);
        if (at !== undefined) values[at] = targetOf(forecast, event) ?? Number.NaN;
      }
      return { is: seriesValues(key), values, timeline: { target, of: { ...variables, ...statements(key) } } };
    });
  return { dimensions, periods, series };
}

/** Returns the complete events, one for each series of the feed. An event with two periods was moved: the later one counts. */
function eventsOf(facts: readonly Fact[], variables: ReadonlySet<string>): Event[] {
  const byId = new Map<string, Event>();
  for (const { series: id, period, variable, value } of facts) {
    if (!variables.has(variable)) continue;
    const known = byId.get(id);
    if (known !== undefined && known.period > period) continue;
    const event = known?.period === period ? known : { id, period, values: new Map<string, number>() };
    event.values.set(variable, value);
    byId.set(id, event);
  }
  return [...byId.values()];
}

function timeOf({ period, values }: Event, { second }: EventsRule): number {
  return dayNumber(period) + (values.get(second) ?? 0) / daySeconds;
}

/** Returns the target: a variable of the event, or whether it is above a bound. */
function targetOf({ variable, events = [] }: EventForecast, { values }: Event): number | undefined {
  const rule = events.find(({ name }) => name === variable);
  if (rule === undefined) return values.get(variable);
  const value = values.get(rule.of);
  return value === undefined ? undefined : Number(value > rule.above);
}

/** Returns the statements about a series by its key, one column for each variable of the other sources. */
function statementsOf(forecast: EventForecast, byFeed: ByFeed): (key: string) => Record<string, TimedValues> {
  const sources = forecast.sources.filter(({ timed: rule }) => rule?.kind === "statements");
  const bySeries = new Map<string, Map<string, [time: number, value: number][]>>();
  const names = sources.flatMap(({ variables }) => variables);
  for (const source of sources) {
    const { feed, variables } = source;
    const wanted = new Set(variables);
    // Known when its period is complete: from the next day on. A source that is published later is known later.
    const delay = 1 + shiftOf(forecast, source);
    const timeOf = memoizeByKey((period: string) => dayNumber(lastDayOf(period)) + delay);
    for (const { series, period, variable, value } of byFeed.get(feed) ?? []) {
      if (!wanted.has(variable)) continue;
      const own = bySeries.get(series) ?? new Map<string, [number, number][]>();
      bySeries.set(series, own);
      const pairs = own.get(variable) ?? [];
      own.set(variable, pairs);
      pairs.push([timeOf(period), value]);
    }
  }
  return (key) =>
    Object.fromEntries(
      names.map((name) => [name, timed((bySeries.get(key)?.get(name) ?? []).sort(([a], [b]) => a - b))]),
    );
}

function pair(time: number, value: number | undefined): [number, number][] {
  return value === undefined ? [] : [[time, value]];
}

function timed(pairs: readonly (readonly [time: number, value: number])[]): TimedValues {
  return {
    times: Float64Array.from(pairs, ([time]) => time),
    values: Float64Array.from(pairs, ([, value]) => value),
  };
}
