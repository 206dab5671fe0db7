import { lastDayOf } from "../period.ts";
import type { Panel } from "./panel.ts";
import { dayNumber, type Timeline, timelineBefore } from "./timeline.ts";

/** Returns the periods of a panel from position `from` up to but not including `end`. The values are views of the same memory. */
export function cutPanel({ dimensions, periods, series }: Panel, from: number, end: number): Panel {
  return {
    dimensions,
    periods: periods.slice(from, end),
    series: series.map(({ is, values, others, timeline }) => ({
      is,
      values: values.subarray(from, end),
      ...(timeline && timelineUntil(timeline, periods[end - 1])),
      ...(others && {
        others: Object.fromEntries(Object.entries(others).map(([name, other]) => [name, other.subarray(from, end)])),
      }),
    })),
  };
}

/** Returns the events up to the end of a period; no member if there are none. */
function timelineUntil(timeline: Timeline, last: string | undefined): { readonly timeline?: Timeline } {
  const cut = last === undefined ? null : timelineBefore(timeline, dayNumber(lastDayOf(last)) + 1);
  return cut === null ? {} : { timeline: cut };
}
