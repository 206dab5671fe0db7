/** The intervals of a model without a distribution: half-widths that the card holds. */
import { lastFeatureOf } from "../forecasts/forecast.ts";
import type { ServedCard, ServingDeclaration } from "../registry/served.ts";
import { extraDecimals, roundTo } from "./decimal.ts";
import type { Row } from "./row.ts";
import { intervalName } from "./row-summary.ts";
import type { KnownSeries, Snapshot } from "./snapshot.ts";

export interface IntervalContext {
  readonly forecast: ServingDeclaration;
  /** Factor of the half-widths; NaN if the feature that scales them is missing. */
  readonly scale: number;
  /** The last value; null if there is none. */
  readonly baseline: number | null;
  /** Why the last value is too old for an interval; null if it is recent enough. */
  readonly outdatedNote: string | null;
}

/** Widths are learned from consecutive values. Gaps in the real series are at most one publication long. */
const missedMax = 2;

/**
 * Returns how many periods before the target have values of other series, but not of the row's series. 0 for a row whose last
 * value the request supplied.
 */
export function missedPeriods({ forecast, periods }: Snapshot, row: Row, last: KnownSeries["last"]): number {
  const isSupplied = row.start !== undefined || row.hypothetical || row.overrides.has(lastFeatureOf(forecast));
  return last === null || isSupplied ? 0 : periods.length - 1 - periods.lastIndexOf(last.period);
}

/** Returns a note if the last value is so old that the prediction is many steps ahead, not one. */
export function outdatedNote(missed: number, last: KnownSeries["last"]): string | null {
  if (missed <= missedMax) return null;
  return `no interval: the last value is of ${last?.period}, ${missed} periods before the newest period`;
}

/** Adds one interval per level of the card, such as `interval80: [low, high]`; null if its width cannot be computed. */
export function addIntervals(
  answer: Record<string, unknown>,
  { intervals, intervalsHoldLast, unchangedShare }: ServedCard,
  prediction: number | null,
  { forecast, scale, baseline, outdatedNote }: IntervalContext,
): void {
  const decimals = forecast.target.decimals + extraDecimals;
  // A value whose logarithm is forecast is above zero.
  const least = forecast.target.transform === "log-difference" ? 0 : Number.NEGATIVE_INFINITY;
  const value = prediction ?? Number.NaN;
  const other = intervalsHoldLast ? (baseline ?? value) : value;
  const [low, high] = [Math.min(value, other), Math.max(value, other)];
  for (const { level, halfWidth } of intervals) {
    const reach = (halfWidth ?? Number.NaN) * scale;
    answer[intervalName(level)] =
      prediction === null || Number.isNaN(reach) || outdatedNote !== null
        ? null
        : [roundTo(Math.max(low - reach, least), decimals), roundTo(high + reach, decimals)];
  }
  if (Number.isNaN(scale)) answer.interval_note = `no interval: the feature ${forecast.intervals.scaledBy} is missing`;
  const widthless = intervals.find(({ zeroWidth }) => zeroWidth);
  if (outdatedNote !== null && intervals.length > 0) answer.interval_note = outdatedNote;
  else if (widthless)
    answer.interval_note = `unchanged in ${Math.round((unchangedShare ?? widthless.atomShare) * 100)} % of cases`;
}
