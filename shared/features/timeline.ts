/**
 * The events of a series: what happened at points in time, with the statements about the series (attributes) that are dated.
 *
 * A prediction of the next event is made at the time of the last event before it (`asOf`). Everything that a feature reads is cut
 * there, in training and in serving, so both compute the same numbers and neither can read the event that it predicts.
 */

import { addDays, daysBetween } from "../lib/calendar.ts";
import { firstDayOf } from "../period.ts";

const epochDay = "1970-01-01";

/** Values of one variable at points in time, oldest first. Times are days since 1970-01-01 UTC, with the time of day as fraction. */
export interface TimedValues {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface Timeline {
  /** The target variable at every event. */
  readonly target: TimedValues;
  /** The other variables of events, and the statements, by name. */
  readonly of: Readonly<Record<string, TimedValues>>;
}

/** A timeline up to and including the event at `asOf`. */
export interface PastTimeline extends Timeline {
  /** The time of the last event. */
  readonly asOf: number;
}

/** Returns the first day of a period as days since 1970-01-01. */
export function dayNumber(period: string): number {
  return daysBetween(epochDay, firstDayOf(period));
}

/** Returns the day that contains a time. */
export function dayAt(time: number): string {
  return addDays(epochDay, Math.floor(time));
}

/** Returns the number of times that are before `end`; with `including` also those equal to it. O(log times). */
export function countBefore(times: Float64Array, end: number, including = false): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const time = times[middle] ?? Number.POSITIVE_INFINITY;
    if (time < end || (including && time === end)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Returns the timeline as it was known at the last event strictly before `end`, or null if there is no such event. Shares the
 * memory of the timeline, but contains no later value. O(variables × log events).
 */
export function timelineBefore({ target, of }: Timeline, end: number): PastTimeline | null {
  const count = countBefore(target.times, end);
  const asOf = target.times[count - 1];
  if (asOf === undefined) return null;
  const known = Object.entries(of).map(([name, timed]) => [name, upTo(timed, asOf)] as const);
  return { asOf, target: firstOf(target, count), of: Object.fromEntries(known) };
}

function upTo(timed: TimedValues, asOf: number): TimedValues {
  return firstOf(timed, countBefore(timed.times, asOf, true));
}

function firstOf({ times, values }: TimedValues, count: number): TimedValues {
  return { times: times.subarray(0, count), values: values.subarray(0, count) };
}

/** Returns a variable of a timeline, by default the target. Throws if the timeline was built without it, which is a programming error. */
export function timedValuesOf({ target, of }: Timeline, variable: string | undefined): TimedValues {
  if (variable === undefined) return target;
  const values = of[variable];
  if (values) return values;
  throw new RangeError(`the timeline has no variable ${variable}: expected one of ${Object.keys(of).join(", ")}`);
}

/** Returns the values of the last `days` days up to and including `asOf`: after `asOf − days`. O(log values). */
export function windowOf({ times, values }: TimedValues, asOf: number, days: number): TimedValues {
  const from = countBefore(times, asOf - days, true);
  return { times: times.subarray(from), values: values.subarray(from) };
}
