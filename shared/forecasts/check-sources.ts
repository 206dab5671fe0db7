/** Checks of a declaration's sources, events and schedule. Each returns one sentence per mistake. */
import { variableOf } from "../features/feature.ts";
import type { Feed } from "../feeds/feed.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { listText } from "../lib/list-text.ts";
import { partsMax } from "../period.ts";
import type { Forecast } from "./forecast.ts";
import { type Source, sourceOf, variablesOf } from "./source.ts";

export type DeclaredFeed = Pick<Feed, "id" | "variables" | "dimensions" | "granularity" | "partitionBy" | "breaks">;

type SourceWithFeed = readonly [source: Source, feed: DeclaredFeed];

/** Returns the sources with their feeds. Skips sources with an unknown feed. */
function sourcesWithFeeds({ sources }: Forecast, feeds: readonly DeclaredFeed[]): SourceWithFeed[] {
  return sources.flatMap((source): SourceWithFeed[] => {
    const feed = feeds.find(({ id }) => id === source.feed);
    return feed ? [[source, feed]] : [];
  });
}

export function unknownFeeds({ sources }: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  if (sources.length === 0) return ["It declares no source; expected at least one."];
  const ids = feeds.map(({ id }) => id);
  return sources
    .filter(({ feed }) => !ids.includes(feed))
    .map(({ feed }) => withSuggestion(`There is no feed ${feed}`, feed, ids));
}

export function unknownVariables(forecast: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  return sourcesWithFeeds(forecast, feeds).flatMap(([{ variables }, feed]) => {
    const known = Object.keys(feed.variables);
    const unknown = variables.filter((name) => !Object.hasOwn(feed.variables, name));
    return unknown.map((name) => withSuggestion(`Feed ${feed.id} has no variable ${name}`, name, known));
  });
}

export function wrongLags({ sources }: Forecast): string[] {
  const isLag = (lag: number) => Number.isInteger(lag) && lag >= 0;
  return sources
    .filter(({ lag }) => !isLag(lag))
    .map(({ feed, lag }) => `The lag of ${feed} is ${lag}; expected a whole number of periods from 0.`);
}

export function variablesOfTwoSources({ sources, events = [] }: Forecast): string[] {
  const feedOf = new Map<string, string>();
  const mistakes: string[] = [];
  for (const source of sources) {
    for (const name of variablesOf({}, source)) {
      const other = feedOf.get(name);
      if (other !== undefined)
        mistakes.push(`Variable ${name} comes from ${other} and from ${source.feed}; expected a single source.`);
      feedOf.set(name, source.feed);
    }
  }
  for (const { name } of events) {
    const other = feedOf.get(name);
    if (other !== undefined)
      mistakes.push(`Event ${name} has the name of a variable of ${other}; expected a different name.`);
    feedOf.set(name, "an event");
  }
  return mistakes;
}

export function variablesOfNoSource(forecast: Forecast): string[] {
  const { sources, variable, features, events = [] } = forecast;
  if (sources.length === 0) return [];
  const known = sources.flatMap((source) => variablesOf(forecast, source));
  const isUnknown = (name: string) => sourceOf(forecast, name) === undefined;
  const variables = features.map((feature) => [feature.name, variableOf(feature)] as const);
  return [
    ...(isUnknown(variable) ? [withSuggestion(`No source has the target ${variable}`, variable, known)] : []),
    ...events
      .filter(({ of }) => isUnknown(of))
      .map(({ name, of }) => withSuggestion(`Event ${name} reads ${of}, which no source has`, of, known)),
    ...variables.flatMap(([feature, name]) =>
      name !== undefined && isUnknown(name)
        ? [withSuggestion(`Feature ${feature} reads ${name}, which no source has`, name, known)]
        : [],
    ),
  ];
}

export function wrongDimensions(forecast: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  const target = sourceOf(forecast, forecast.variable);
  const all = listText(forecast.dimensions);
  return sourcesWithFeeds(forecast, feeds).flatMap(([source, feed]) => {
    // `wrongEvents` checks the dimensions of events.
    if (source.timed?.kind === "events") return [];
    const { dimensions = forecast.dimensions } = source;
    if (dimensions.join("\n") !== feed.dimensions.join("\n"))
      return [
        `Source ${feed.id} declares dimensions: ${listText(dimensions)}; expected the feed's: ${listText(feed.dimensions)}.`,
      ];
    if (source === target && dimensions.join("\n") !== forecast.dimensions.join("\n"))
      return [
        `The forecast declares dimensions: ${all}; expected those of the target's feed: ${listText(dimensions)}.`,
      ];
    const unknown = dimensions.find((name) => !forecast.dimensions.includes(name));
    return unknown === undefined
      ? []
      : [`Feed ${feed.id} has the dimension ${unknown}; expected only dimensions of the forecast: ${all}.`];
  });
}

export function wrongGranularity(forecast: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  const { every } = forecast.schedule;
  return sourcesWithFeeds(forecast, feeds).flatMap(([{ reduce }, { id, granularity }]) => {
    if (granularity === every)
      return reduce ? [`Feed ${id} and the forecast both have a value every ${every}; expected no reduction.`] : [];
    if (partsMax(every, granularity) === 0)
      return [`Feed ${id} has a value every ${granularity}; expected at least one every ${every}, as in the forecast.`];
    return reduce
      ? []
      : [`Feed ${id} has a value every ${granularity} and the forecast every ${every}; expected a reduction.`];
  });
}

export function wrongReductions(forecast: Forecast, feeds: readonly DeclaredFeed[]): string[] {
  return sourcesWithFeeds(forecast, feeds).flatMap(([{ reduce }, { id, granularity }]) => {
    if (reduce === undefined) return [];
    const most = partsMax(forecast.schedule.every, granularity);
    const { partsMin, statistics } = reduce;
    const isPossible = Number.isInteger(partsMin) && partsMin >= 1 && partsMin <= most;
    return [
      ...(isPossible || most === 0 ? [] : [`The reduction of ${id} needs ${partsMin} parts; expected 1 to ${most}.`]),
      ...(statistics.length > 0 ? [] : [`The reduction of ${id} has no statistic; expected at least one.`]),
    ];
  });
}

export function wrongSchedule({ schedule }: Forecast): string[] {
  const { every, weekdays } = schedule;
  if (weekdays === undefined) return [];
  if (every !== "day")
    return [`The schedule has weekdays, but its periods are not days: ${every}; expected no weekdays.`];
  const isWeekday = (day: number) => Number.isInteger(day) && day >= 1 && day <= 7;
  return weekdays.length > 0 && weekdays.every(isWeekday)
    ? []
    : [
        `The schedule's weekdays are ${listText(weekdays.map(String))}; expected at least one of 1 (Monday) to 7 (Sunday).`,
      ];
}
