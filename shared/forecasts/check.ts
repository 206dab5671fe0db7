/** What is wrong with a declaration, found before anything is computed from it. One sentence a mistake: what was found, what was expected. */
import { variableOf } from "../features/feature.ts";
import type { Feed } from "../feeds/feed.ts";
import { canPartition } from "../lake/keys.ts";
import { nearest } from "../lib/text-distance.ts";
import { partsMax } from "../period.ts";
import { type DatePart, namingParts } from "./date-part.ts";
import type { Forecast } from "./forecast.ts";
import { type Source, sourceOf, variablesOf } from "./source.ts";

type Declared = Pick<
  Forecast,
  "id" | "sources" | "events" | "variable" | "dimensions" | "schedule" | "features" | "dateFields"
>;
type DeclaredFeed = Pick<Feed, "id" | "variables" | "dimensions" | "granularity" | "partitionBy">;

/** Each returns a sentence for every mistake it finds. A new check is one line here. */
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
];

/** Returns what is wrong with a forecast's sources, schedule and what refers to them; empty where all of it fits. */
export function mistakesIn(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  return checks.flatMap((check) => check(forecast, feeds));
}

/** Throws where a declaration of the catalogues is wrong, with one sentence a mistake. */
export function checkDeclarations(forecasts: readonly Declared[], feeds: readonly DeclaredFeed[]): void {
  const mistakes = [
    ...feeds.flatMap((feed) => mistakesInFeed(feed).map((mistake) => `feed ${feed.id}: ${mistake}`)),
    ...forecasts.flatMap((one) => mistakesIn(one, feeds).map((mistake) => `forecast ${one.id}: ${mistake}`)),
  ];
  if (mistakes.length > 0) throw new RangeError(mistakes.join("\n"));
}

function mistakesInFeed(feed: DeclaredFeed): string[] {
  const { partitionBy, granularity } = feed;
  return canPartition(feed)
    ? []
    : [`Its lake is divided by ${partitionBy}, which is finer than its periods: by ${granularity}.`];
}

type Fed = readonly [source: Source, feed: DeclaredFeed];

/** The sources whose feed is known. */
function fed({ sources }: Declared, feeds: readonly DeclaredFeed[]): Fed[] {
  return sources.flatMap((source): Fed[] => {
    const feed = feeds.find(({ id }) => id === source.feed);
    return feed ? [[source, feed]] : [];
  });
}

function unknownFeeds({ sources }: Declared, feeds: readonly DeclaredFeed[]): string[] {
  if (sources.length === 0) return ["It has no source."];
  const ids = feeds.map(({ id }) => id);
  return sources
    .filter(({ feed }) => !ids.includes(feed))
    .map(({ feed }) => `There is no feed ${feed}${meant(feed, ids)}`);
}

function unknownVariables(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  return fed(forecast, feeds).flatMap(([{ variables }, feed]) => {
    const known = Object.keys(feed.variables);
    const unknown = variables.filter((name) => !Object.hasOwn(feed.variables, name));
    return unknown.map((name) => `Feed ${feed.id} has no variable ${name}${meant(name, known)}`);
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
        mistakes.push(`Variable ${name} comes from ${other} and from ${source.feed}; expected one source for it.`);
      feedOf.set(name, source.feed);
    }
  }
  for (const { name } of events) {
    const other = feedOf.get(name);
    if (other !== undefined)
      mistakes.push(`Event ${name} has the name of a variable of ${other}; expected another name.`);
    feedOf.set(name, "an event");
  }
  return mistakes;
}

function variablesOfNoSource(forecast: Declared): string[] {
  const { sources, variable, features, events = [] } = forecast;
  if (sources.length === 0) return [];
  const known = sources.flatMap((source) => variablesOf(forecast, source));
  const lacks = (name: string) => sourceOf(forecast, name) === undefined;
  const named = features.map((feature) => [feature.name, variableOf(feature)] as const);
  return [
    ...(lacks(variable) ? [`No source has the target ${variable}${meant(variable, known)}`] : []),
    ...events
      .filter(({ of }) => lacks(of))
      .map(({ name, of }) => `Event ${name} is of ${of}, which no source has${meant(of, known)}`),
    ...named.flatMap(([feature, name]) =>
      name !== undefined && lacks(name)
        ? [`Feature ${feature} looks at ${name}, which no source has${meant(name, known)}`]
        : [],
    ),
  ];
}

function wrongDimensions(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  const target = sourceOf(forecast, forecast.variable);
  const all = list(forecast.dimensions);
  return fed(forecast, feeds).flatMap(([source, feed]) => {
    const { dimensions = forecast.dimensions } = source;
    if (dimensions.join("\n") !== feed.dimensions.join("\n"))
      return [`Feed ${feed.id} is by ${list(feed.dimensions)}; its source says by ${list(dimensions)}.`];
    if (source === target && dimensions.join("\n") !== forecast.dimensions.join("\n"))
      return [`The target's feed ${feed.id} is by ${list(dimensions)}; the forecast says by ${all}.`];
    const stranger = dimensions.find((name) => !forecast.dimensions.includes(name));
    return stranger === undefined
      ? []
      : [`Feed ${feed.id} is by ${stranger}, which no series of the forecast has; they are by ${all}.`];
  });
}

function wrongGranularity(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  const { every } = forecast.schedule;
  return fed(forecast, feeds).flatMap(([{ reduce }, { id, granularity }]) => {
    if (granularity === every)
      return reduce ? [`Feed ${id} has a value every ${every}, as the forecast has; expected no reduction.`] : [];
    if (partsMax(every, granularity) === 0)
      return [
        `Feed ${id} has a value every ${granularity}, which is longer than the forecast's ${every}; expected one that is not.`,
      ];
    return reduce
      ? []
      : [`Feed ${id} has a value every ${granularity}, the forecast one every ${every}; expected a reduction.`];
  });
}

function wrongReductions(forecast: Declared, feeds: readonly DeclaredFeed[]): string[] {
  return fed(forecast, feeds).flatMap(([{ reduce }, { id, granularity }]) => {
    if (reduce === undefined) return [];
    const most = partsMax(forecast.schedule.every, granularity);
    const { partsMin, statistics } = reduce;
    const isPossible = Number.isInteger(partsMin) && partsMin >= 1 && partsMin <= most;
    return [
      ...(isPossible || most === 0 ? [] : [`The reduction of ${id} needs ${partsMin} parts; expected 1 to ${most}.`]),
      ...(statistics.length > 0 ? [] : [`The reduction of ${id} names no statistic.`]),
    ];
  });
}

function wrongSchedule({ schedule }: Declared): string[] {
  const { every, weekdays } = schedule;
  if (weekdays === undefined) return [];
  if (every !== "day") return [`The schedule names weekdays of a ${every}; expected weekdays of days alone.`];
  const isWeekday = (day: number) => Number.isInteger(day) && day >= 1 && day <= 7;
  return weekdays.length > 0 && weekdays.every(isWeekday)
    ? []
    : [`The schedule's weekdays are ${list(weekdays.map(String))}; expected some of 1 (Monday) to 7 (Sunday).`];
}

function wrongDateFields({ schedule, dateFields }: Declared): string[] {
  const { every } = schedule;
  const allowed: readonly DatePart[] =
    every === "day" || every === "hour" ? [...namingParts[every], "weekday"] : namingParts[every];
  const wrong = Object.keys(dateFields).filter((part) => !allowed.some((one) => one === part));
  return wrong.map((part) => `A field names the ${part} of a ${every}; expected ${list(allowed)}.`);
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.join(", ");
}

/** Ends a sentence with what was probably meant, or what there is. */
function meant(name: string, known: readonly string[]): string {
  const likely = nearest(name, known);
  return likely === undefined ? `; there is ${list(known)}.` : `; did you mean ${likely}?`;
}
