/** Where a growth is measured. Positions are numbers of periods. */
export interface SeasonalGrowth {
  /** Position of the last known period. */
  readonly origin: number;
  /** Number of periods from the origin to the target. */
  readonly step: number;
  /** Length of a season in periods. */
  readonly season: number;
  /** Number of earlier seasons in the mean. */
  readonly seasons: number;
}

/**
 * Returns the mean growth factor, in earlier seasons, between the periods of the season that the origin and the target have. A
 * target more than a season ahead is compared with seasons that are complete at the origin. A season with a missing value, or with
 * a factor that is not above 0, does not count; NaN if there is none. O(seasons).
 * @param valueAt returns the value at a position up to the origin; NaN if it is missing
 */
export function meanSeasonalGrowth(
  valueAt: (position: number) => number,
  { origin, step, season, seasons }: SeasonalGrowth,
): number {
  const first = Math.ceil(step / season);
  let sum = 0;
  let count = 0;
  for (let back = first; back < first + seasons; back++) {
    const from = origin - back * season;
    const growth = valueAt(from + step) / valueAt(from);
    if (!(growth > 0 && growth < Number.POSITIVE_INFINITY)) continue;
    sum += growth;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
