/** Sources of a forecast that publish no newer values. Their features are missing, and the forecast continues. */
import { dataEndOf, isOverdue } from "../forecasts/overdue.ts";
import type { Schedule } from "../forecasts/schedule.ts";
import type { Source, Sourced } from "../forecasts/source.ts";
import { addDays } from "../lib/calendar.ts";
import { enclosingPeriod, granularityOf, lastPartOf, partsMax, precedingPeriod } from "../period.ts";
import type { FactsByFeed } from "./facts.ts";

/** The newest observed period of each feed, in the feed's own granularity; null without an observation. */
export type FeedEnds = ReadonlyMap<string, string | null>;

/** A source whose next value is overdue. */
export interface SilentSource {
  readonly feed: string;
  /** The last period with a value, in periods of the forecast; null if the source has none. */
  readonly last: string | null;
  /** The first day on which its next value is overdue; null if the source has none. */
  readonly since: string | null;
}

/** Returns the newest period of each feed that a forecast reads, of any variable that it reads. O(facts). */
export function feedEndsOf({ sources }: Pick<Sourced, "sources">, byFeed: FactsByFeed): FeedEnds {
  return new Map(
    sources.map(({ feed, variables }) => {
      let newest: string | null = null;
      for (const { period, variable } of byFeed.get(feed) ?? [])
        if (variables.includes(variable) && (newest === null || period > newest)) newest = period;
      return [feed, newest];
    }),
  );
}

/**
 * Returns the newest complete period of a source in the periods of the forecast: a day of hours needs its last hour, and the value
 * of a month is there for all its days.
 */
export function completeIn({ every }: Schedule, { reduce }: Pick<Source, "reduce">, newest: string): string {
  const granularity = granularityOf(newest);
  if (granularity === null) return newest;
  if (partsMax(every, granularity) === 0) return lastPartOf(newest, every);
  if (reduce === undefined) return newest;
  const period = enclosingPeriod(newest, every);
  return newest >= lastPartOf(period, granularity) ? period : precedingPeriod(period);
}

/**
 * Returns the sources whose next value is overdue, and those without a value, in the order of the declaration.
 * @param day the present day
 */
export function silentSources(
  { sources, schedule }: Pick<Sourced, "sources"> & { readonly schedule: Schedule },
  ends: FeedEnds,
  day: string,
): SilentSource[] {
  return sources.flatMap((source): SilentSource[] => {
    const { feed, lag } = source;
    const newest = ends.get(feed) ?? null;
    const end = newest === null ? null : dataEndOf(schedule, [completeIn(schedule, source, newest)], lag);
    if (end === null) return [{ feed, last: null, since: null }];
    return isOverdue(end, day) ? [{ feed, last: end.last, since: addDays(end.due, 1) }] : [];
  });
}

/** Returns the sentence for people. */
export function describeSilent({ feed, last, since }: SilentSource): string {
  if (last === null) return `Source ${feed} has no value. Its features are missing.`;
  return `Source ${feed} ends with ${last}, and a newer value was due before ${since}. Its newest features are missing.`;
}
