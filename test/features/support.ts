import fc from "fast-check";
import { calendarParts } from "../../shared/features/calendar-part.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Feature } from "../../shared/features/feature.ts";
import type { Panel, PastSeries } from "../../shared/features/panel.ts";
import { addDays } from "../../shared/lib/calendar.ts";

/** A variable, other than the target, that the features read. */
export const otherVariable = "other";

const otherKinds: readonly Feature[] = [
  { name: "log-difference2", kind: "log-difference", periods: 2 },
  { name: "log-from-mean3", kind: "log-from-mean", periods: 3 },
  { name: "log-from-min3", kind: "log-from-min", periods: 3 },
  { name: "log-from-max3", kind: "log-from-max", periods: 3 },
  { name: "step-std3", kind: "step-std", periods: 3 },
  { name: "log-step-std3", kind: "log-step-std", periods: 3 },
  { name: "other-lag1", kind: "lag", periods: 1, variable: otherVariable },
  { name: "other-difference1", kind: "difference", periods: 1, variable: otherVariable },
  { name: "other-log-difference1", kind: "log-difference", periods: 1, variable: otherVariable },
  { name: "other-season", kind: "seasonal-lag", periods: 2, variable: otherVariable },
  { name: "other-mean", kind: "rolling-mean", periods: 3, variable: otherVariable },
  { name: "other-std", kind: "log-step-std", periods: 3, variable: otherVariable },
  { name: "other-max", kind: "log-from-max", periods: 3, variable: otherVariable },
  { name: "other-weighted", kind: "weighted-mean", periods: 3, halfLife: 1, variable: otherVariable },
];

/** Returns one feature of every version of every kind, and of every calendar part, for panels with these dimensions. */
export function everyKind([first = "", ...others]: readonly string[]): Feature[] {
  return [
    { name: "lag2", kind: "lag", periods: 2 },
    { name: "difference2", kind: "difference", periods: 2 },
    { name: "mean-change2", kind: "mean-log-difference", periods: 2 },
    { name: "mean3", kind: "rolling-mean", periods: 3 },
    { name: "std3", kind: "rolling-std", periods: 3 },
    { name: "min3", kind: "rolling-min", periods: 3 },
    { name: "max3", kind: "rolling-max", periods: 3 },
    { name: "weighted", kind: "weighted-mean", periods: 4, halfLife: 1.5 },
    { name: "step-ewma", kind: "step-ewma", periods: 4, halfLife: 1.5 },
    { name: "since", kind: "since-change", periods: 4 },
    { name: "last-change", kind: "last-change", periods: 4 },
    { name: "share", kind: "change-share", periods: 4 },
    { name: "fall-count", kind: "change-count", periods: 4, direction: "down" },
    { name: "same-count", kind: "change-count", periods: 4, direction: "same" },
    { name: "rise-size", kind: "change-size", periods: 4, direction: "up", share: 0.5 },
    { name: "fall-size", kind: "change-size", periods: 4, direction: "down", share: 0.9 },
    { name: "weekday-share", kind: "weekday-change-share", periods: 6 },
    { name: "season", kind: "seasonal-lag", periods: 3 },
    { name: "seasonal-growth", kind: "seasonal-growth", periods: 3, seasons: 2 },
    ...otherKinds,
    ...calendarParts.map((part): Feature => ({ name: part, kind: "calendar", part })),
    { name: "first-weekday", kind: "calendar-is", part: "weekday", value: 0 },
    { name: "category", kind: "category", dimension: first },
    { name: "peers", kind: "peers-change@1", dimensions: [first], periods: 2 },
    { name: "peers-share", kind: "peers-changed-share@1", dimensions: [first, ...others], periods: 2 },
    { name: "all-peers", kind: "peers-change@1", dimensions: [], periods: 2 },
    { name: "near-peers", kind: "peers-change@2", dimensions: [first], periods: 1 },
    { name: "near-peers-share", kind: "peers-changed-share@2", dimensions: [], periods: 2 },
  ];
}

/** Generates prices on a grid of 0.05 that mostly do not change, with missing values (NaN). */
export const cell = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(20, 20.05, 20.1, 21) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 900 }).map((cents) => cents / 20) },
  { weight: 1, arbitrary: fc.constant(Number.NaN) },
);

/** Generates panels of 2 to 5 series on days that are 1 to 5 days apart, with the variables `others`. */
export function panels(
  dimensions: readonly string[],
  length: { min: number; max: number },
  others: readonly string[] = [otherVariable],
): fc.Arbitrary<Panel> {
  return fc.integer(length).chain((count) => {
    const values = fc.array(cell, { minLength: count, maxLength: count }).map((list) => Float64Array.from(list));
    const named = fc.record(Object.fromEntries(others.map((name) => [name, values])));
    // Without dimensions there is one series.
    const series = { minLength: dimensions.length === 0 ? 1 : 2, maxLength: dimensions.length === 0 ? 1 : 5 };
    return fc
      .record({
        gaps: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: count, maxLength: count }),
        series: fc.array(fc.record({ values, others: named }), series),
      })
      .map(({ gaps, series }) => {
        let day = "2025-11-20";
        const periods = gaps.map((gap) => {
          day = addDays(day, gap);
          return day;
        });
        return {
          dimensions,
          periods,
          series: series.map((all, index) => ({
            // Neighbours differ only in the last dimension.
            is: dimensions.map((name, at) => `${name} ${at < dimensions.length - 1 ? index >> 1 : index}`),
            ...all,
          })),
        };
      });
  });
}

export interface TableRow {
  readonly period: string;
  readonly series: number;
  readonly last: number;
  readonly target: number;
  readonly inputs: Readonly<Record<string, number | string>>;
}

/** Returns a dataset as a table that is easy to compare. */
export function tableOf(data: Dataset): TableRow[] {
  return Array.from({ length: data.rows }, (_, row) => ({
    period: data.periods[data.period[row] ?? -1] ?? "",
    series: data.series[row] ?? -1,
    last: data.last[row] ?? Number.NaN,
    target: data.target[row] ?? Number.NaN,
    inputs: Object.fromEntries(
      data.columns.map((column) => [
        column.name,
        column.dtype === "float"
          ? (column.values[row] ?? Number.NaN)
          : (column.categories[column.codes[row] ?? -1] ?? ""),
      ]),
    ),
  }));
}

/** Makes the past of one series with these values; NaN means missing. */
export function seriesOf(...values: readonly number[]): PastSeries {
  const present = values.filter((value) => !Number.isNaN(value));
  return { is: [], values: Float64Array.from(values), observed: Float64Array.from(present) };
}
