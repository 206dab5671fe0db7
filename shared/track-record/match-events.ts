/**
 * Which prediction the next event of a series is compared with.
 *
 * Every publication predicts the next event of every series, whenever it comes. Until it comes, each publication predicts the same
 * event again. So an event has one score: that of the first publication after the event before it. A later publication of the same
 * event has none, because its score would repeat the first one and count as if it were another event.
 */
import type { Panel } from "../features/panel.ts";
import { countBefore, dayAt, dayNumber, type Timeline } from "../features/timeline.ts";

/** A day for which all series were predicted. */
export interface EventOrigin {
  readonly origin: string;
  /** Whether it has a publication that counts in the record. */
  readonly isHeadline: boolean;
}

export interface MatchedEvent {
  /** The values of the dimensions. */
  readonly is: readonly string[];
  readonly value: number;
  /** Its prediction is compared with the event. */
  readonly origin: string;
}

export interface MatchOptions {
  /** Ascending. */
  readonly origins: readonly EventOrigin[];
  /** A series without an event for this number of days was not predicted any more. */
  readonly activeDays: number;
}

/**
 * Returns the events of a day that are compared with a prediction: of each series the first event of the day, if it was predicted
 * after the event before it. That prediction is of the first origin that counts, else of the first one.
 * O(series × (log events + log origins)).
 */
export function matchEvents(panel: Panel, target: string, { origins, activeDays }: MatchOptions): MatchedEvent[] {
  const start = dayNumber(target);
  const headlines = origins.filter(({ isHeadline }) => isHeadline);
  return panel.series.flatMap(({ is, timeline }): MatchedEvent[] => {
    if (timeline === undefined) return [];
    const { times, values } = timeline.target;
    const at = countBefore(times, start);
    const [time = Number.POSITIVE_INFINITY, previous] = [times[at], times[at - 1]];
    if (time >= start + 1 || previous === undefined || time - previous > activeDays) return [];
    const range = { from: dayAt(previous), before: target };
    const origin = firstIn(headlines, range) ?? firstIn(origins, range);
    return origin === null ? [] : [{ is, value: values[at] ?? Number.NaN, origin }];
  });
}

/** The series whose predicted event has not come, with the origin of the prediction. */
export interface OpenPrediction {
  readonly is: readonly string[];
  readonly origin: string;
}

/**
 * Returns the predictions that count and still wait for their event at the end of a panel. A prediction of a series that is not
 * active any more is not one of them: nothing is compared with it. O(series × (log events + log origins)).
 */
export function waitingPredictions(panel: Panel, { origins, activeDays }: MatchOptions): OpenPrediction[] {
  const last = panel.periods.at(-1);
  if (last === undefined) return [];
  const end = dayNumber(last) + 1;
  const headlines = origins.filter(({ isHeadline }) => isHeadline);
  return panel.series.flatMap(({ is, timeline }): OpenPrediction[] => {
    const time = timeline && lastTime(timeline, end);
    if (time === undefined || end - time > activeDays) return [];
    const origin = firstIn(headlines, { from: dayAt(time), before: dayAt(end) });
    return origin === null ? [] : [{ is, origin }];
  });
}

function lastTime({ target: { times } }: Timeline, end: number): number | undefined {
  return times[countBefore(times, end) - 1];
}

/** Returns the first origin from a day on and before another; null without one. An origin includes the events of its own day. */
function firstIn(
  origins: readonly EventOrigin[],
  { from, before }: { readonly from: string; readonly before: string },
): string | null {
  let [low, high] = [0, origins.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((origins[middle]?.origin ?? "") < from) low = middle + 1;
    else high = middle;
  }
  const first = origins[low]?.origin;
  return first !== undefined && first < before ? first : null;
}
