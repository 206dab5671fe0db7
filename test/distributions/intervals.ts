/** The median and central intervals of a distribution. The product computes them from the published quantiles. */
import type { Distribution } from "../../shared/distributions/distribution.ts";
import { type CentralInterval, quantilesOf } from "../../shared/distributions/summary.ts";

export function medianOf(distribution: Distribution): number {
  return quantilesOf(distribution, [0.5])[0] ?? Number.NaN;
}

export function intervalsOf(distribution: Distribution, levels: readonly number[]): CentralInterval[] {
  return levels.map((level) => {
    const [low = Number.NaN, high = Number.NaN] = quantilesOf(distribution, [(1 - level) / 2, (1 + level) / 2]);
    return { level, low, high };
  });
}
