/**
 * A panel: one variable of many series over common periods, with others beside it. And its past: what was known before one target period.
 *
 * Features are given a past, never a panel. A past ends before its target and starts `reach` periods earlier, in training
 * as in serving, so that both compute the same numbers and neither can see what it predicts.
 */
import { compareText, type Fact, seriesValues } from "../lake/fact.ts";

export interface Panel {
  readonly dimensions: readonly string[];
  /** Oldest first. */
  readonly periods: readonly string[];
  readonly series: readonly PanelSeries[];
}

export interface PanelSeries {
  /** Values of the dimensions, in the panel's order. */
  readonly is: readonly string[];
  /** The target variable: one value a period; NaN where there is none. */
  readonly values: Float64Array;
  /** Other variables of the series, in the same shape, by name. */
  readonly others?: Readonly<Record<string, Float64Array>>;
}

export interface Past {
  readonly dimensions: readonly string[];
  /** The periods before the target, oldest first; at most `reach` of them. */
  readonly periods: readonly string[];
  /** The period that is predicted. */
  readonly target: string;
  readonly series: readonly PastSeries[];
  /** From how much on a value counts as moved, in the variable's unit: half a unit of its last digit. */
  readonly tolerance: number;
}

export interface PastSeries extends PastValues {
  readonly is: readonly string[];
  /** Other variables of the series, by name. */
  readonly others?: Readonly<Record<string, PastValues>>;
}

export interface PastValues {
  /** One value for each of the past's periods; NaN where there is none. */
  readonly values: Float64Array;
  /** The values that are there, oldest first. */
  readonly observed: Float64Array;
}

export interface PanelOptions {
  readonly target: string;
  readonly others: readonly string[];
  /** Sorted; those of the facts, whatever their variable, where they are left out. */
  readonly periods?: readonly string[];
  /** Keys of series that are in the panel even without a fact. */
  readonly series?: readonly string[];
}

/**
 * Returns the panel of a target's facts, with those of `others` beside it. Facts of other periods are left out. The result does
 * not depend on the order of the facts. O(facts + series × variables × periods).
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
  /** Where the value of a period stands. */
  readonly positions: ReadonlyMap<string, number>;
  readonly length: number;
}

/** By variable: one value a position, NaN where there is none. */
type Columns = Map<string, Float64Array>;

/** Returns the columns of each series with a fact, by its key. Facts of other variables and periods are left out. O(facts + series × length). */
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

/** Returns columns without values. */
export function emptyColumns(names: readonly string[], length: number): Columns {
  return new Map(names.map((name) => [name, new Float64Array(length).fill(Number.NaN)]));
}

export interface PastOptions {
  /** How many periods the past may hold. */
  readonly reach: number;
  readonly tolerance: number;
}

/**
 * What was known before `target`: the `reach` periods up to and without position `end`. For a target inside the panel
 * `end` is its position, for the next one `panel.periods.length`. Copies: nothing later can be reached from the result.
 */
export function pastOf(panel: Panel, end: number, target: string, { reach, tolerance }: PastOptions): Past {
  const start = Math.max(0, end - reach);
  const periods = panel.periods.slice(start, end);
  const last = periods.at(-1);
  if (last !== undefined && last >= target) {
    throw new RangeError(`the past ends at ${last}: expected a period before the target ${target}`);
  }
  const cut = (values: Float64Array) => new Cut(values.slice(start, end));
  const series = panel.series.map(({ is, values, others }): PastSeries => {
    if (others === undefined) return new CutSeries(is, values.slice(start, end));
    const cuts = Object.fromEntries(Object.entries(others).map(([name, one]) => [name, cut(one)]));
    return new CutSeries(is, values.slice(start, end), cuts);
  });
  return { dimensions: panel.dimensions, periods, target, series, tolerance };
}

/** What is there is gathered when it is first asked for: to answer one series, few others are looked at. */
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

/** A loop, for `filter` with a callback is half of what a dataset costs. */
function observedOf(values: Float64Array): Float64Array {
  const observed = new Float64Array(values.length);
  let count = 0;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (!Number.isNaN(value)) observed[count++] = value;
  }
  return observed.subarray(0, count);
}

/** The last value that was observed; NaN where there is none within reach. */
export function lastOf({ observed }: PastValues): number {
  return observed.at(-1) ?? Number.NaN;
}

/** The values of another variable of a series. Throws where the panel was made without it: a mistake of who made it. */
export function valuesOf(series: PastSeries, variable: string | undefined): PastValues {
  if (variable === undefined) return series;
  const values = series.others?.[variable];
  if (values) return values;
  throw new RangeError(`the panel has no variable ${variable}; it has ${Object.keys(series.others ?? {}).join(", ")}`);
}

/** Returns the position of a dimension among those of a panel. Throws where it is not one of them: a forecast declares it wrongly. */
export function positionOf(dimension: string, dimensions: readonly string[]): number {
  const position = dimensions.indexOf(dimension);
  if (position >= 0) return position;
  throw new RangeError(`there is no dimension ${dimension}; there are ${dimensions.join(", ")}`);
}

/** Whether a value moved, beyond rounding. */
export function hasMoved(change: number, tolerance: number): boolean {
  // 23.50 − 23.495 may come out a rounding error below 0.005.
  return Math.abs(change) >= tolerance * (1 - 1e-9) && change !== 0;
}
