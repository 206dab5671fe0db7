/** Computes one feature of series that a test writes down. */
import { computeFeature } from "../../shared/features/compute.ts";
import type { KindDeclaration } from "../../shared/features/kinds/index.ts";
import type { Past } from "../../shared/features/panel.ts";
import { seriesOf } from "./support.ts";

/** A missing value. */
export const none = Number.NaN;
const day = (index: number) => `2026-01-${String(index + 1).padStart(2, "0")}`;

/** Makes a past of the next day from series of equal length; each `is` has one value per dimension. */
export function pastOfSeries(
  dimensions: readonly string[],
  series: readonly [readonly string[], readonly number[]][],
): Past {
  const length = series[0]?.[1].length ?? 0;
  return {
    dimensions,
    periods: Array.from({ length }, (_, index) => day(index)),
    target: day(length),
    series: series.map(([is, values]) => ({ ...seriesOf(...values), is })),
    tolerance: 0.005,
  };
}

/** Computes the feature of the day after these values of one series. */
export function ofValues(declared: KindDeclaration, ...values: readonly number[]): number {
  return Number(computeFeature({ name: "x", ...declared }, pastOfSeries([], [[[], values]])).values[0]);
}

/** Computes the feature of each series, as numbers. */
export function ofPast(declared: KindDeclaration, past: Past): number[] {
  return Array.from(computeFeature({ name: "x", ...declared }, past).values, Number);
}
