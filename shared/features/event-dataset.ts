/**
 * The training data of a forecast of the next event: one row for each event with an earlier event of the same series. The
 * features of a row are those at the time of that earlier event. Rows are sorted by the event's day, then series, then time.
 */
import { memoizeByKey } from "../lib/memoize-by-key.ts";
import type { Column, Dataset } from "./dataset.ts";
import { textColumn } from "./dataset.ts";
import { boundFeature, type Feature, variableOf } from "./feature.ts";
import { type Panel, type Past, type PastSeries, seriesOfTimeline } from "./panel.ts";
import { dayAt, timelineBefore } from "./timeline.ts";

export interface EventDatasetOptions {
  readonly features: readonly Feature[];
  readonly tolerance: number;
  /** An event more than this number of days after the one before it is no row: its series was not scored any more. */
  readonly activeDays: number;
}

interface EventRow {
  /** Position of the event's day in the panel. */
  readonly period: number;
  readonly index: number;
  readonly past: PastSeries;
  readonly last: number;
  readonly target: number;
}

/** Builds the dataset. O(events × features × events of a window). */
export function eventDatasetOf(panel: Panel, { features, tolerance, activeDays }: EventDatasetOptions): Dataset {
  const rows = eventRows(panel, activeDays);
  const columns = features.map((feature) => columnOf(feature, { panel, rows, tolerance }));
  return {
    step: 1,
    rows: rows.length,
    periods: panel.periods,
    period: Int32Array.from(rows, ({ period }) => period),
    series: Int32Array.from(rows, ({ index }) => index),
    columns,
    last: Float64Array.from(rows, ({ last }) => last),
    target: Float64Array.from(rows, ({ target }) => target),
  };
}

function eventRows(panel: Panel, activeDays: number): EventRow[] {
  const positions = new Map(panel.periods.map((period, at) => [period, at]));
  const positionAt = memoizeByKey((day: number) => positions.get(dayAt(day)));
  const rows: EventRow[] = [];
  for (const [index, { is, timeline }] of panel.series.entries()) {
    if (!timeline) continue;
    const { times, values } = timeline.target;
    times.forEach((time, at) => {
      const past = timelineBefore(timeline, time);
      const period = positionAt(Math.floor(time));
      if (past === null || period === undefined || time - past.asOf > activeDays) return;
      const last = past.target.values.at(-1) ?? Number.NaN;
      rows.push({ period, index, past: seriesOfTimeline(is, past), last, target: values[at] ?? Number.NaN });
    });
  }
  // The sort is stable: events of one series and day stay in order of time.
  return rows.sort((a, b) => a.period - b.period || a.index - b.index);
}

interface ColumnParts {
  readonly panel: Panel;
  readonly rows: readonly EventRow[];
  readonly tolerance: number;
}

/** A feature of events reads only its own series, so one past serves for all rows. */
function columnOf(feature: Feature, { panel, rows, tolerance }: ColumnParts): Column {
  const { name, learned } = feature;
  const bound = boundFeature(feature);
  const past: Past = { dimensions: panel.dimensions, periods: [], target: "", series: [], tolerance };
  const mark = {
    ...(learned === false && { learned }),
    ...(variableOf(feature) !== undefined && { isOther: true as const }),
  };
  if (bound.source !== "history")
    throw new RangeError(`feature ${name} of kind ${bound.kind} is not a feature of events`);
  if (bound.dtype === "string") {
    const of = bound.ofPast(past);
    return {
      ...textColumn(
        name,
        rows.map((row) => of(row.past, row.index)),
      ),
      ...mark,
    };
  }
  const of = bound.ofPast(past);
  return { name, dtype: "float", values: Float32Array.from(rows, (row) => of(row.past, row.index)), ...mark };
}
