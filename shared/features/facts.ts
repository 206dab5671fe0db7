/** The way from the facts of a forecast's feeds to its panel: the same for training and serving. */
import type { Forecast } from "../forecasts/forecast.ts";
import { type Source, targetSourceOf } from "../forecasts/source.ts";
import { compareText, type Fact } from "../lake/fact.ts";
import { type Granularity, partsMax } from "../period.ts";
import { reachOf, variableOf } from "./feature.ts";
import { type Panel, panelOf } from "./panel.ts";
import { type Reduced, reduceFacts } from "./reduce.ts";

/** Facts by the id of their feed. */
export type FactsByFeed = ReadonlyMap<string, readonly Fact[]>;

type Reads = Pick<Forecast, "id" | "variable" | "features" | "sources" | "events" | "schedule">;

/** Returns the variables beside the target that features look at, sorted. */
export function otherVariables({ variable, features }: Pick<Reads, "variable" | "features">): string[] {
  const named = features.map(variableOf).filter((name) => name !== undefined);
  return [...new Set(named)].filter((name) => name !== variable).sort();
}

/** Returns how many of a feed's periods hold the reach of the features; the newest may be part of an incomplete period. */
export function sourceReach(
  { features, schedule }: Pick<Reads, "features" | "schedule">,
  { reduce }: Source,
  granularity: Granularity,
): number {
  const reach = reachOf(features);
  return reduce === undefined ? reach : (reach + 1) * partsMax(schedule.every, granularity);
}

/** Returns what a source gives a forecast: its own or reduced variables and their events, and the periods it was published for. O(facts · log facts). */
export function factsOfSource(
  { events = [], schedule }: Pick<Reads, "events" | "schedule">,
  { feed, variables, reduce }: Source,
  byFeed: FactsByFeed,
): Reduced {
  const wanted = new Set(variables);
  const own = (byFeed.get(feed) ?? []).filter(({ variable }) => wanted.has(variable));
  const reduced =
    reduce === undefined
      ? { facts: own, periods: distinct(own, "period"), series: distinct(own, "series") }
      : reduceFacts(own, { variables, reduction: reduce, to: schedule.every });
  const happened = events.flatMap(({ name, of, above }) =>
    reduced.facts
      .filter(({ variable }) => variable === of)
      .map((fact): Fact => ({ ...fact, variable: name, value: Number(fact.value > above) })),
  );
  return { ...reduced, facts: [...reduced.facts, ...happened] };
}

function distinct(facts: readonly Fact[], what: "period" | "series"): string[] {
  return [...new Set(facts.map((fact) => fact[what]))].sort(compareText);
}

/** Returns the panel of a forecast's facts. */
export function forecastPanel(forecast: Reads & Pick<Forecast, "dimensions">, byFeed: FactsByFeed): Panel {
  const { facts, periods, series } = factsOfSource(forecast, targetSourceOf(forecast), byFeed);
  const variables = { target: forecast.variable, others: otherVariables(forecast) };
  return panelOf(forecast.dimensions, facts, { ...variables, periods, series });
}
