/**
 * A panel: the target variable of many series over common periods, with other variables. A past: the part of a panel that was
 * known before one target period.
 *
 * Features receive a past, never a panel. A past starts `reach` periods before its target and ends before it, in training and in
 * serving. Both therefore compute the same numbers, and neither can read the value that it predicts.
 */
import { compareText, type Fact, seriesValues } from "../lake/fact.ts";
import { dayNumber, type PastTimeline, type Timeline, timelineBefore } from "./timeline.ts";

export interface Panel {
  readonly dimensions: readonly string[];
  /** Oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly PanelSeries[];
}

export interface PanelSeries {
  /** Values of the dimensions, in the panel's order. */
  readonly is: readonly string[];
  /** The target variable, one value per period; NaN means missing. */
  readonly values: Float64Array;
  /** Other variables of the series, in the same shape, by name. */
  readonly others?: Readonly<Record<string, Float64Array>>;
  /** The events of the series, for a forecast of the next event. */
  readonly timeline?: Timeline;
}

export interface Past {
  readonly dimensions: readonly string[];
  /** The periods before the target, oldest first; at most `reach` of them. */
  readonly periods: readonly string[];
  /** The period that is predicted. */
  readonly target: string;
  readonly series: readonly PastSeries[];
  /** Smaller changes count as no change, in the variable's unit: half a unit of its last digit. */
  readonly tolerance: number;
}

export interface PastSeries extends PastValues {
  readonly is: readonly string[];
  /** Other variables of the series, by name. */
  readonly others?: Readonly<Record<string, PastValues>>;
  /** The events before the target period, for a forecast of the next event. Absent without events. */
  readonly timeline?: PastTimeline;
}

export interface PastValues {
  /** One value per period of the past; NaN means missing. */
  readonly values: Float64Array;
  /** The values that are not missing, oldest first. */
  readonly observed: Float64Array;
}

export interface PanelOptions {
  readonly target: string;
  readonly others: readonly string[];
  /** Sorted periods. Default: the periods of all facts, of any variable. */
  readonly periods?: readonly string[];
  /** Keys of series that the panel contains even without a fact. */
  readonly series?: readonly string[];
}

/**
 * Builds the panel of a target variable and `others`. Ignores facts of other periods. The result does not depend on the order of
 * the facts. O(facts + series × variables × periods).
 */
export function panelOf(dimensions: readonly string[], facts: Iterable<Fact>, options: PanelOptions): Panel {
  const all = [...facts];
  const { target, others } = options;
  const periods = options.periods ?? [...new Set(all.map((fact) => fact.period))].sort(compareText);
  const positions = new Map(periods.map((period, index) => [period, index]));
  const names = [target, ...others];
  const bySeries = columnsBySeries(all, { names, positions, length: periods.length });
  for (const key of options.series ?? [])
    if (!bySeries.has(key)) bySeries.set(key, emptyColumns(names, periods.length));
  const sorted = [...bySeries].sort(([a], [b]) => compareText(a, b));
  const series = sorted.map(([key, columns]): PanelSeries => {
    const values = columns.get(target) ?? new Float64Array(periods.length).fill(Number.NaN);
    columns.delete(target);
    return { is: seriesValues(key), values, ...(columns.size > 0 && { others: Object.fromEntries(columns) }) };
  });
  return { dimensions, periods, series };
}

export interface ColumnsOptions {
  readonly names: readonly string[];
  /** The position of each period's value. */
  readonly positions: ReadonlyMap<string, number>;
  readonly length: number;
}

/** One array per variable, with one value per position; NaN means missing. */
type Columns = Map<string, Float64Array>;

/** Returns the columns of each series, by key. Ignores facts of other variables and periods. O(facts + series × length). */
export function columnsBySeries(
  facts: Iterable<Fact>,
  { names, positions, length }: ColumnsOptions,
): Map<string, Columns> {
  const bySeries = new Map<string, Columns>();
  for (const { series, period, variable, value } of facts) {
    let columns = bySeries.get(series);
    if (columns === undefined) {
      columns = emptyColumns(names, length);
      bySeries.set(series, columns);
    }
    const values = columns.get(variable);
    const at = positions.get(period);
    if (values && at !== undefined) values[at] = value;
  }
  return bySeries;
}

/** Returns columns in which every value is missing. */
export function emptyColumns(names: readonly string[], length: number): Columns {
  return new Map(names.map((name) => [name, new Float64Array(length).fill(Number.NaN)]));
}

export interface PastOptions {
  /** Maximum number of periods in the past. */
  readonly reach: number;
  readonly tolerance: number;
}

/**
 * Returns the values that were known before `target`: the `reach` periods before position `end`. For a target inside
 * the panel `end` is its position, for the next period `panel.periods.length`. Values are copied, so that later ones
 * cannot be read from the result.
 */
export function pastOf(panel: Panel, end: number, target: string, { reach, tolerance }: PastOptions): Past {
  const start = Math.max(0, end - reach);
  const periods = panel.periods.slice(start, end);
  const last = periods.at(-1);
  if (last !== undefined && last >= target) {
    throw new RangeError(`the past ends at ${last}: expected a period before the target ${target}`);
  }
  const cut = (values: Float64Array) => new Cut(values.slice(start, end));
  const targetDay = dayNumber(target);
  const series = panel.series.map(({ is, values, others, timeline }): PastSeries => {
    if (timeline) return seriesOfTimeline(is, timelineBefore(timeline, targetDay));
    if (others === undefined) return new CutSeries(is, values.slice(start, end));
    const cuts = Object.fromEntries(Object.entries(others).map(([name, other]) => [name, cut(other)]));
    return new CutSeries(is, values.slice(start, end), cuts);
  });
  return { dimensions: panel.dimensions, periods, target, series, tolerance };
}

const noValues: PastValues = { values: new Float64Array(), observed: new Float64Array() };

/** Returns the past of a series of events. Its features read only the timeline; null if no event is known. */
export function seriesOfTimeline(is: readonly string[], timeline: PastTimeline | null): PastSeries {
  return { is, ...noValues, ...(timeline && { timeline }) };
}

/** Computes `observed` on first use, because an answer for one series reads few other series. */
class Cut implements PastValues {
  readonly values: Float64Array;
  #observed: Float64Array | null = null;

  constructor(values: Float64Array) {
    this.values = values;
  }

  get observed(): Float64Array {
    this.#observed ??= observedOf(this.values);
    return this.#observed;
  }
}

class CutSeries extends Cut implements PastSeries {
  readonly is: readonly string[];
  readonly others?: Readonly<Record<string, PastValues>>;

  constructor(is: readonly string[], values: Float64Array, others?: Readonly<Record<string, PastValues>>) {
    super(values);
    this.is = is;
    if (others !== undefined) this.others = others;
  }
}

/** Returns the values that are not missing. A loop, because `filter` with a callback takes half the time of a dataset. */
function observedOf(values: Float64Array): Float64Array {
  const observed = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isNaN(value)) observed[count++] = value;
  }
  return observed.subarray(0, count);
}

/** Returns the values of a variable of a series. Throws if the panel was built without it, which is a programming error. */
export function valuesOf(series: PastSeries, variable: string | undefined): PastValues {
  if (variable === undefined) return series;
  const values = series.others?.[variable];
  if (values) return values;
  const known = Object.keys(series.others ?? {});
  throw new RangeError(`the panel has no variable ${variable}: expected one of ${known.join(", ")}`);
}

/** Returns the position of a dimension in a panel. Throws if the panel does not have it: the forecast's declaration is wrong. */
export function positionOf(dimension: string, dimensions: readonly string[]): number {
  const position = dimensions.indexOf(dimension);
  if (position >= 0) return position;
  throw new RangeError(`unknown dimension ${dimension}: expected one of ${dimensions.join(", ")}`);
}

/** Returns whether a change is at least the tolerance. */
export function hasMoved(change: number, tolerance: number): boolean {
  // The factor allows for rounding: 23.50 − 23.495 can be slightly less than 0.005.
  return Math.abs(change) >= tolerance * (1 - 1e-9) && change !== 0;
}
