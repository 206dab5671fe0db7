/**
 * Which periods of a forecast are complete: every source has published what a prediction from this period reads. A source that
 * is late delays a period only for some days, and a silent source does not delay it.
 */
import { type DataEnd, dataEndOf, isOverdue } from "../forecasts/overdue.ts";
import { nextPeriod, panelPeriods, previousPeriod, type Schedule } from "../forecasts/schedule.ts";
import { type Source, shiftOf, targetSourceOf } from "../forecasts/source.ts";
import { addDays, daysBetween } from "../lib/calendar.ts";
import { firstDayOf, lastDayOf } from "../period.ts";
import { type FactsByFeed, factsOfSource, type Reads } from "./facts.ts";

/** The part of a declaration that determines what a period needs. */
export type PeriodNeeds = Pick<Reads, "id" | "variable" | "sources" | "events" | "schedule">;

/** The periods with values of each source, ascending, in periods of the forecast. The newest 21 are sufficient. */
export type PublishedPeriods = ReadonlyMap<Source, readonly string[]>;

/** A value that a prediction reads and that is not published yet. */
export interface MissingValue {
  readonly feed: string;
  /** The period of the missing value. Not the origin, if the source is published later or earlier than the target. */
  readonly period: string;
  /** The last day on which a prediction waits for it. */
  readonly until: string;
  /** `expected`: the prediction waits. `late`: the last day has passed. `silent`: the source ended before. */
  readonly state: "expected" | "late" | "silent";
}

export interface PeriodState {
  /** The origin: the last period of the target. */
  readonly period: string;
  /** True if nothing is missing, or if no missing value is expected any more. */
  readonly isComplete: boolean;
  readonly missing: readonly MissingValue[];
}

/** A source whose next value is overdue. */
export interface SilentSource {
  readonly feed: string;
  /** The last period with a value; null if the source has none. */
  readonly last: string | null;
  /** The first day without a value that was due; null if the source has none. */
  readonly since: string | null;
}

/** A prediction waits for a late value for this share of a period, and at least this many days. */
const waitShare = 1 / 4;
const waitDaysMin = 3;

/** The state of a forecast's sources on a day. */
export interface SourcesState {
  /** The state of every period of the target, ascending. */
  readonly periods: readonly PeriodState[];
  /** The newest complete period; null without one. */
  readonly complete: string | null;
  /** The sources whose next value is overdue, and those without a value. */
  readonly silent: readonly SilentSource[];
}

/**
 * Returns the state of a forecast's sources. O(facts · log facts).
 * @param byFeed the facts of the forecast's history, or more
 * @param day the present day, in the time zone of the publisher
 */
export function sourcesState(forecast: PeriodNeeds, byFeed: FactsByFeed, day: string): SourcesState {
  const published = publishedPeriods(forecast, byFeed);
  const periods = periodStates(forecast, published, day);
  return { periods, complete: newestComplete(periods), silent: silentSources(forecast, published, day) };
}

/** Returns the sentence for people. */
export function describeSilent({ feed, last, since }: SilentSource): string {
  if (last === null) return `Source ${feed} has no value. Its features are missing.`;
  return `Source ${feed} ends with ${last}, and a newer value was due before ${since}. Its newest features are missing.`;
}

/** Returns the periods with values of each source. A reduced period counts once its last part is observed. O(facts · log facts). */
export function publishedPeriods(forecast: PeriodNeeds, byFeed: FactsByFeed): PublishedPeriods {
  return new Map(forecast.sources.map((source) => [source, factsOfSource(forecast, source, byFeed).periods]));
}

/**
 * Returns the state of every period of the target, ascending. The target's value is never missing: without it there is no
 * period. A value counts as published if the source has a value of its period or of a later one.
 * @param day the present day, in the time zone of the publisher
 */
export function periodStates(forecast: PeriodNeeds, published: PublishedPeriods, day: string): PeriodState[] {
  const target = targetSourceOf(forecast);
  const own = published.get(target) ?? [];
  const known = new Set(own);
  const periods = panelPeriods(forecast.schedule, own);
  const missingOf = forecast.sources
    .filter((source) => source !== target)
    .map((source) => missingValues(forecast, { source, published: published.get(source) ?? [], day }));
  return periods.flatMap((period, at): PeriodState[] => {
    if (!known.has(period)) return [];
    const missing = missingOf.flatMap((find) => find(periods, at) ?? []);
    return [{ period, isComplete: missing.every(({ state }) => state !== "expected"), missing }];
  });
}

/** Returns the newest complete period, or null. */
export function newestComplete(states: readonly PeriodState[]): string | null {
  return states.findLast(({ isComplete }) => isComplete)?.period ?? null;
}

/** Returns the sources whose next value is overdue, and those without a value, in the order of the declaration. */
export function silentSources(forecast: PeriodNeeds, published: PublishedPeriods, day: string): SilentSource[] {
  return forecast.sources.flatMap((source): SilentSource[] => {
    const end = dataEndOf(forecast.schedule, published.get(source) ?? [], source.lag);
    if (end === null) return [{ feed: source.feed, last: null, since: null }];
    return isOverdue(end, day) ? [silentSince(source, end)] : [];
  });
}

function silentSince({ feed }: Source, { last, due }: DataEnd): SilentSource {
  return { feed, last, since: addDays(due, 1) };
}

interface Published {
  readonly source: Source;
  readonly published: readonly string[];
  readonly day: string;
}

/** Returns the function that finds the missing value of a source at a position of the target's periods. */
function missingValues(forecast: PeriodNeeds, { source, published, day }: Published) {
  const { schedule } = forecast;
  const shift = shiftOf(forecast, source);
  const end = dataEndOf(schedule, published, source.lag);
  return (periods: readonly string[], at: number): MissingValue | null => {
    const period = periodAt(schedule, periods, at - shift);
    if (end !== null && end.last >= period) return null;
    const until = waitsUntil(schedule, period, source.lag);
    const state = isOverdue(end, day) ? "silent" : day > until ? "late" : "expected";
    return { feed: source.feed, period, until, state };
  };
}

/** Returns the period at a position, also before the first and after the last one. */
function periodAt(schedule: Schedule, periods: readonly string[], position: number): string {
  const last = periods.length - 1;
  let period = periods[Math.min(Math.max(position, 0), last)] ?? "";
  for (let at = position; at < 0; at++) period = previousPeriod(schedule, period);
  for (let at = position; at > last; at--) period = nextPeriod(schedule, period);
  return period;
}

/** Returns the last day on which a prediction waits for the value of a period. */
function waitsUntil(schedule: Schedule, period: string, lag: number): string {
  let publication = period;
  for (let count = 0; count < lag; count++) publication = nextPeriod(schedule, publication);
  const days = daysBetween(firstDayOf(period), firstDayOf(nextPeriod(schedule, period)));
  return addDays(lastDayOf(publication), Math.max(waitDaysMin, Math.ceil(days * waitShare)));
}
