/** Features that look at single past values of one series. NaN where the history does not reach that far. */
import type { Past, PastSeries, PastValues } from "./panel.ts";

/** The value observed `periods` observations ago, 1 being the last one; in the variable's unit. O(1). */
export function lag({ observed }: PastValues, periods: number): number {
  return observed.at(-periods) ?? Number.NaN;
}

/** The last value minus the one `periods` observations before it; in the variable's unit. O(1). */
export function difference(series: PastValues, periods: number): number {
  return lag(series, 1) - lag(series, periods + 1);
}

/** Logarithm of the last value's ratio to the one `periods` observations before it; NaN unless both are above 0. O(1). */
export function logDifference(series: PastValues, periods: number): number {
  return logRatio(lag(series, 1), lag(series, periods + 1));
}

/** ln(value ÷ base), free of any unit; NaN unless both are above 0. O(1). */
export function logRatio(value: number, base: number): number {
  return value > 0 && base > 0 ? Math.log(value / base) : Number.NaN;
}

/**
 * The value at the `periods`-th period before the target, counted in publications: with three a week, 3 is the same
 * weekday last week. NaN where nothing was observed at that very period. O(1).
 */
export function seasonalLag({ values }: PastValues, periods: number): number {
  return values.at(-periods) ?? Number.NaN;
}

/**
 * The change that was seen at the very last period, against the value observed before it; NaN where either is missing. Looks back
 * instead of at what is observed: that would be gathered of every series for one feature of one.
 */
export function changeAtLastPeriod({ values }: Pick<PastValues, "values">): number {
  const now = values.at(-1) ?? Number.NaN;
  if (Number.isNaN(now)) return Number.NaN;
  let before = values.length - 2;
  while (before >= 0 && Number.isNaN(values[before])) before--;
  return now - (values[before] ?? Number.NaN);
}

/** The text of a series' dimension. Throws when the panel has no such dimension: a forecast's mistake. */
export function category(past: Past, series: PastSeries, dimension: string): string {
  const position = past.dimensions.indexOf(dimension);
  const value = series.is[position];
  if (value === undefined) {
    throw new RangeError(`there is no dimension ${dimension}; there are ${past.dimensions.join(", ")}`);
  }
  return value;
}
