/** Builds the panel of a forecast from the facts of its feeds, for training and serving. */

import { reachOf, variableOf } from "../features/feature.ts";
import { type Panel, panelOf } from "../features/panel.ts";
import { type Reduced, reduceFacts } from "../features/reduce.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { panelPeriods } from "../forecasts/schedule.ts";
import { eventsRuleOf, type Source, shiftOf, targetSourceOf, variablesOf } from "../forecasts/source.ts";
import { compareText, type Fact } from "../lake/fact.ts";
import { type Granularity, partsMax } from "../period.ts";
import { eventPanel } from "./event-panel.ts";
import { joinSource, shiftedPositions } from "./join.ts";

/** Facts by the id of their feed. */
export type FactsByFeed = ReadonlyMap<string, readonly Fact[]>;

type Reads = Pick<Forecast, "id" | "variable" | "features" | "sources" | "events" | "schedule">;

/** Returns the variables, other than the target, that features read, sorted. */
export function otherVariables({ variable, features }: Pick<Reads, "variable" | "features">): string[] {
  const named = features.map(variableOf).filter((name) => name !== undefined);
  return [...new Set(named)].filter((name) => name !== variable).sort();
}

/**
 * Returns how many periods of the target's feed are needed for the reach of the features and of the steps, and for sources with a later
 * publication. Adds one period if the source is reduced, because the newest one may be incomplete.
 */
export function targetReach(forecast: Reads & { readonly periodsMin?: number }, granularity: Granularity): number {
  const { features, schedule, sources, periodsMin = 1 } = forecast;
  const reach =
    Math.max(reachOf(features), periodsMin) + Math.max(...sources.map((source) => shiftOf(forecast, source)));
  const isReduced = targetSourceOf(forecast).reduce !== undefined;
  return isReduced ? (reach + 1) * partsMax(schedule.every, granularity) : reach;
}

/** Returns the facts of a source (its own or reduced variables, and events) and its published periods. O(facts · log facts). */
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
  const eventFacts = events.flatMap(({ name, of, above }) =>
    reduced.facts
      .filter(({ variable }) => variable === of)
      .map((fact): Fact => ({ ...fact, variable: name, value: Number(fact.value > above) })),
  );
  return { ...reduced, facts: [...reduced.facts, ...eventFacts] };
}

function distinct(facts: readonly Fact[], what: "period" | "series"): string[] {
  return [...new Set(facts.map((fact) => fact[what]))].sort(compareText);
}

/**
 * Builds the panel of a forecast: the periods and series of the target's source, with every variable that features
 * read. A value that is published `n` periods after the target's value is placed `n` positions later, at the first
 * period at which it was known.
 */
export function forecastPanel(forecast: Reads & Pick<Forecast, "dimensions">, byFeed: FactsByFeed): Panel {
  const { variable, dimensions, schedule, sources } = forecast;
  const rule = eventsRuleOf(forecast);
  if (rule !== null) return eventPanel(forecast, rule, byFeed);
  const target = targetSourceOf(forecast);
  const wanted = otherVariables(forecast);
  const namesOf = (source: Source) => {
    const names = new Set(variablesOf(forecast, source));
    return wanted.filter((name) => names.has(name));
  };
  const own = factsOfSource(forecast, target, byFeed);
  const periods = panelPeriods(schedule, own.periods);
  let panel = panelOf(dimensions, own.facts, {
    target: variable,
    others: namesOf(target),
    periods,
    series: own.series,
  });
  for (const source of sources) {
    const names = namesOf(source);
    if (source === target || names.length === 0) continue;
    const { facts } = factsOfSource(forecast, source, byFeed);
    const positions = shiftedPositions(schedule, periods, shiftOf(forecast, source));
    panel = joinSource(panel, { facts, names, dimensions: source.dimensions ?? dimensions, positions });
  }
  return panel;
}
