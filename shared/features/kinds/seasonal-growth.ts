import { integerFrom, optional, text } from "../../lib/validate-json.ts";
import { periodsBetween } from "../../period.ts";
import { meanSeasonalGrowth } from "../../stats/seasonal-growth.ts";
import { seriesKind } from "./kind.ts";
import { optionsOf, type Periods, periods } from "./options.ts";

interface SeasonalGrowth extends Periods {
  /** Number of earlier seasons in the mean. */
  readonly seasons: number;
  readonly variable?: string | undefined;
}

/**
 * ln of the mean growth, in the last `seasons` seasons of `periods` periods, between the periods of the season that the last
 * period and the target have. With 12 months and a target in October: the mean of October ÷ September of earlier years.
 * Seasons with a missing value do not count; NaN if there is none. For schedules that contain every period. O(seasons).
 */
export const seasonalGrowth = seriesKind({
  name: "seasonal-growth",
  version: 1,
  options: optionsOf<SeasonalGrowth>({ periods, seasons: integerFrom(1), variable: optional(text) }),
  reach: ({ periods, seasons }) => periods * seasons + 1,
  compute({ values }, { periods: season, seasons }, { target, periods: known }) {
    const origin = known.at(-1);
    if (origin === undefined) return Number.NaN;
    const options = { origin: values.length - 1, step: periodsBetween(origin, target), season, seasons };
    return Math.log(meanSeasonalGrowth((position) => values[position] ?? Number.NaN, options));
  },
});
