/** Sources of a forecast whose newest values are missing: late ones, which a report waits for, and silent ones. */
import { nextPeriod, previousPeriod, type Schedule } from "../forecasts/schedule.ts";
import { type Source, type Sourced, shiftOf, targetSourceOf } from "../forecasts/source.ts";
import { addDays } from "../lib/calendar.ts";
import { lastDayOf } from "../period.ts";
import { completeIn, describeSilent, type FeedEnds, silentSources } from "./silent-sources.ts";

type Scheduled = Sourced & { readonly schedule: Schedule };

/**
 * Returns the feeds without the period that a report at `origin` reads. A source that is published `n` periods after the target
 * must have the period `n` before the origin. A source with days that are reduced from hours has a day once its last hour is
 * observed.
 */
export function feedsBehind(forecast: Scheduled, origin: string, ends: FeedEnds): string[] {
  const target = targetSourceOf(forecast);
  return forecast.sources.flatMap((source) => {
    if (source === target) return [];
    const newest = ends.get(source.feed) ?? null;
    const needed = periodsBefore(forecast.schedule, origin, Math.max(0, shiftOf(forecast, source)));
    return newest !== null && completeIn(forecast.schedule, source, newest) >= needed ? [] : [source.feed];
  });
}

function periodsBefore(schedule: Schedule, origin: string, count: number): string {
  let period = origin;
  for (let before = 0; before < count; before++) period = previousPeriod(schedule, period);
  return period;
}

/** A source whose newest values are missing. */
export interface OverdueSource {
  readonly feed: string;
  /** Whether it has the target: without newer values the forecast predicts the same period again. */
  readonly isTarget: boolean;
  /**
   * `late`: the target has a newer period. Its report waits for the source until the next daily edition. `silent`: the next value
   * is overdue by more than the usual gap between publications, or there is no value at all.
   */
  readonly state: "late" | "silent";
  /** The last complete period with a value, in periods of the forecast; null without a value. */
  readonly last: string | null;
  /** The first day on which the next value was missing; null without a value. */
  readonly since: string | null;
}

/**
 * Returns the sources that are late or silent, at most one entry for each feed, in the order of the declaration.
 * @param day the present day
 */
export function overdueSources(forecast: Scheduled, ends: FeedEnds, day: string): OverdueSource[] {
  const target = targetSourceOf(forecast);
  const { schedule } = forecast;
  const silent = new Map(silentSources(forecast, ends, day).map((one) => [one.feed, one]));
  const newest = ends.get(target.feed) ?? null;
  const behind = newest === null ? [] : feedsBehind(forecast, completeIn(schedule, target, newest), ends);
  const seen = new Set<string>();
  return forecast.sources.flatMap((source): OverdueSource[] => {
    const { feed } = source;
    if (seen.has(feed)) return [];
    const isTarget = feed === target.feed;
    const known = silent.get(feed);
    const end = ends.get(feed) ?? null;
    if (known === undefined && (end === null || !behind.includes(feed))) return [];
    seen.add(feed);
    if (known !== undefined) return [{ ...known, isTarget, state: "silent" }];
    const last = completeIn(schedule, source, end ?? "");
    return [{ feed, isTarget, state: "late", last, since: earlier(missingSince(schedule, source, last), day) }];
  });
}

/** Returns the day after the one on which the value after `last` should have been published. */
function missingSince(schedule: Schedule, { lag }: Source, last: string): string {
  let publication = nextPeriod(schedule, last);
  for (let count = 0; count < lag; count++) publication = nextPeriod(schedule, publication);
  return addDays(lastDayOf(publication), 1);
}

/** The target may be published before the end of its period, and then a source is late on the same day. */
function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

/** Returns what an overdue source means, in English. */
export function describeOverdueSource({ feed, isTarget, state, last, since }: OverdueSource): string {
  if (state === "late")
    return `Source ${feed} has been late since ${since}: it ends with ${last}. A report waits for it until the daily edition, which is made without its newest values.`;
  if (!isTarget || last === null) return describeSilent({ feed, last, since });
  return `Source ${feed} ends with ${last}, and a newer value was due before ${since}. Until it comes, every prediction is for the period after ${last}.`;
}
