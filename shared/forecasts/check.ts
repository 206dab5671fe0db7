/** Validates the declarations of forecasts at load. Each mistake is one sentence with what was found and what was expected. */
import { dimensionOf, readFeature, variableOf } from "../features/feature.ts";
import type { Feed } from "../feeds/feed.ts";
import { canPartition } from "../lake/keys.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { partsMax } from "../period.ts";
import {
  type Declared,
  noBaseline,
  noLastValue,
  unknownCandidates,
  unknownDimensions,
  unknownFeatures,
  wrongNames,
  wrongSteps,
} from "./check-references.ts";
import { type DatePart, namingParts } from "./date-part.ts";
import { type Source, sourceOf, variablesOf } from "./source.ts";

type DeclaredFeed = Pick<Feed, "id" | "variables" | "dimensions" | "granularity" | "partitionBy">;

/** Each check returns one sentence per mistake. To add a check, add a line here. */
const checks: readonly ((forecast: Declared, feeds: readonly DeclaredFeed[]) => readonly string[])[] = [
  unknownFeeds,
  unknownVariables,
  wrongLags,
  variablesOfTwoSources,
  variablesOfNoSource,
  wrongDimensions,
  wrongGranularity,
  wrongReductions,
  wrongSchedule,
  wrongDateFields,
  wrongDistribution,
  wrongSteps,
  unknownDimensions,
  noLastValue,
  unknownFeatures,
  wrongNames,
  noBaseline,
];

/**
 * Returns the mistakes in a declaration: in its features, sources and schedule, and in everything that refers to them; empty if
 * there are none. A feature with a mistake of its own is not checked further.
 * @param candidates ids of the candidates that exist; null where they are not known, as in the hub, which does not train
 */
export function mistakesIn(
  forecast: Declared,
  feeds: readonly DeclaredFeed[],
  candidates: readonly string[] | null = null,
): string[] {
  const read = forecast.features.map((feature) => ({ feature, read: readFeature(feature) }));
  const features = read.filter((one) => one.read.ok).map(({ feature }) => feature);
  return [
    ...read.flatMap((one) => (one.read.ok ? [] : [withCapital(one.read.error)])),
    ...checks.flatMap((check) => check({ ...forecast, features }, feeds)),
    ...(candidates === null ? [] : unknownCandidates(forecast, candidates)),
  ];
}

/** Returns the mistakes in all declarations of the catalogues, each with its feed or forecast. */
export function declarationMistakes(
  forecasts: readonly Declared[],
  feeds: readonly DeclaredFeed[],
  candidates: readonly string[] | null = null,
): string[] {
  return [
    ...feeds.flatMap((feed) => mistakesInFeed(feed).map((mistake) => `feed ${feed.id}: ${mistake}`)),
    ...forecasts.flatMap((forecast) =>
      mistakesIn(forecast, feeds, candidates).map((mistake) => `forecast ${forecast.id}: ${mistake}`),
    ),
  ];
}

/** Throws if a declaration in the catalogues is wrong. The message has one line per mistake. */
export function checkDeclarations(forecasts: readonly Declared[], feeds: readonly DeclaredFeed[]): void {
  const mistakes = declarationMistakes(forecasts, feeds);
  if (mistakes.length > 0) throw new RangeError(mistakes.join("\n"));
}

function mistakesInFeed(feed: DeclaredFeed): string[] {
  const { partitionBy, granularity } = feed;
  return canPartition(feed)
    ? []
    : [
        `Its lake is partitioned by ${partitionBy}, which is shorter than its period; expected ${granularity} or longer.`,
      ];
}

type SourceWithFeed = readonly [source: Source, feed: DeclaredFeed];

/** Returns the sources with their feeds. Skips sources with an unknown feed. */
function sourcesWithFeeds({ sources }: Declared, feeds: readonly DeclaredFeed[]): SourceWithFeed[] {
  return sources.flatMap((source): SourceWithFeed[] => {
    const feed = feeds.find(({ id }) => id === source.feed);
    return feed ? [[source, feed]] : [];
  });
}

function unknownFeeds({ sources }: Declared, feeds: readonly DeclaredFeed[]): string[] {
  if (sources.length === 0) return ["It declares no source; expected at least one."];
  const ids = feeds.map(({ id }) => id);
  return sources
    .filter(({ feed }) => !ids.includes(feed))
    .map(({ feed }) => withSuggestion(`There is no feed ${feed}`, feed, ids));
}

function unknownVariables(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  return sourcesWithFeeds(forecast, feeds).flatMap(([{ variables }, feed]) => {
    const known = Object.keys(feed.variables);
    const unknown = variables.filter((name) => !Object.hasOwn(feed.variables, name));
    return unknown.map((name) => withSuggestion(`Feed ${feed.id} has no variable ${name}`, name, known));
  });
}

function wrongLags({ sources }: Declared): string[] {
  const isLag = (lag: number) => Number.isInteger(lag) && lag >= 0;
  return sources
    .filter(({ lag }) => !isLag(lag))
    .map(({ feed, lag }) => `The lag of ${feed} is ${lag}; expected a whole number of periods from 0.`);
}

function variablesOfTwoSources({ sources, events = [] }: Declared): string[] {
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

function variablesOfNoSource(forecast: Declared): string[] {
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

function wrongDimensions(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  const target = sourceOf(forecast, forecast.variable);
  const all = list(forecast.dimensions);
  return sourcesWithFeeds(forecast, feeds).flatMap(([source, feed]) => {
    const { dimensions = forecast.dimensions } = source;
    if (dimensions.join("\n") !== feed.dimensions.join("\n"))
      return [
        `Source ${feed.id} declares dimensions: ${list(dimensions)}; expected the feed's: ${list(feed.dimensions)}.`,
      ];
    if (source === target && dimensions.join("\n") !== forecast.dimensions.join("\n"))
      return [`The forecast declares dimensions: ${all}; expected those of the target's feed: ${list(dimensions)}.`];
    const unknown = dimensions.find((name) => !forecast.dimensions.includes(name));
    return unknown === undefined
      ? []
      : [`Feed ${feed.id} has the dimension ${unknown}; expected only dimensions of the forecast: ${all}.`];
  });
}

function wrongGranularity(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
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

function wrongReductions(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
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

function wrongSchedule({ schedule }: Declared): string[] {
  const { every, weekdays } = schedule;
  if (weekdays === undefined) return [];
  if (every !== "day")
    return [`The schedule has weekdays, but its periods are not days: ${every}; expected no weekdays.`];
  const isWeekday = (day: number) => Number.isInteger(day) && day >= 1 && day <= 7;
  return weekdays.length > 0 && weekdays.every(isWeekday)
    ? []
    : [`The schedule's weekdays are ${list(weekdays.map(String))}; expected at least one of 1 (Monday) to 7 (Sunday).`];
}

function wrongDateFields({ schedule, dateFields }: Declared): string[] {
  const { every } = schedule;
  const allowed: readonly DatePart[] =
    every === "day" || every === "hour" ? [...namingParts[every], "weekday"] : namingParts[every];
  const wrong = Object.keys(dateFields).filter((part) => !allowed.some((name) => name === part));
  return wrong.map((part) => `A date field is for the ${part} of a ${every}; expected ${list(allowed)}.`);
}

function wrongDistribution({ distribution, features }: Declared): string[] {
  if (distribution?.kind !== "changes") return [];
  const { window, group } = distribution;
  const known = features.flatMap((feature) => dimensionOf(feature) ?? []);
  const unknown = group.filter((dimension) => !known.includes(dimension));
  return [
    ...(Number.isInteger(window) && window >= 1
      ? []
      : [`The distribution uses the last ${window} changes; expected a whole number from 1.`]),
    ...unknown.map((name) =>
      withSuggestion(`No category feature has ${name}, a group of the distribution`, name, known),
    ),
  ];
}

function withCapital(sentence: string): string {
  const end = sentence.endsWith("?") ? "" : ".";
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${end}`;
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.join(", ");
}
