/** The part of a timeline that the features of the next event read. */
import { boundFeature, type Feature } from "../features/feature.ts";
import { countBefore, type TimedValues, type Timeline, timelineBefore } from "../features/timeline.ts";

export interface RecentOptions {
  readonly features: readonly Feature[];
  /** The events are before this day, in days since 1970-01-01. */
  readonly end: number;
  /** A series without an event for this number of days is left out. */
  readonly activeDays: number;
}

/**
 * Returns, of each variable that the features read, the values of as many days up to the last event as they read, and always the
 * last one. The features computed from it are those of the whole timeline. Null for a series that is not active.
 * O(features + variables × log events).
 */
export function recentTimeline(timeline: Timeline, { features, end, activeDays }: RecentOptions): Timeline | null {
  const past = timelineBefore(timeline, end);
  if (past === null || end - past.asOf > activeDays) return null;
  const daysOf = new Map<string | undefined, number>();
  for (const feature of features) {
    const { variable, eventDays } = boundFeature(feature);
    daysOf.set(variable, Math.max(daysOf.get(variable) ?? 0, eventDays ?? 0));
  }
  const cut = ({ times, values }: TimedValues, days: number): TimedValues => {
    const first = Math.min(countBefore(times, past.asOf - days, true), Math.max(0, times.length - 1));
    return { times: times.subarray(first), values: values.subarray(first) };
  };
  const read = Object.entries(past.of).flatMap(([name, timed]) => {
    const days = daysOf.get(name);
    return days === undefined ? [] : [[name, cut(timed, days)] as const];
  });
  return { target: cut(past.target, daysOf.get(undefined) ?? 0), of: Object.fromEntries(read) };
}

/** Returns how many days before the last event the features read at most. */
export function eventDaysOf(features: readonly Feature[]): number {
  return features.reduce((days, feature) => Math.max(days, boundFeature(feature).eventDays ?? 0), 0);
}
