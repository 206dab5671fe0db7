import type { Panel } from "./panel.ts";

/** Returns the periods of a panel from position `from` up to but not including `end`. The values are views of the same memory. */
export function cutPanel({ dimensions, periods, series }: Panel, from: number, end: number): Panel {
  return {
    dimensions,
    periods: periods.slice(from, end),
    series: series.map(({ is, values, others }) => ({
      is,
      values: values.subarray(from, end),
      ...(others && {
        others: Object.fromEntries(Object.entries(others).map(([name, other]) => [name, other.subarray(from, end)])),
      }),
    })),
  };
}
