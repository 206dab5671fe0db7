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
 * Seasons with a missing value do not count; NaN if there is none. For schedules with equally long periods: every one of the
 * calendar, or one weekday. O(seasons).
 */
export const seasonalGrowth = seriesKind({
  name: "seasonal-growth",
  version: 1,
  options: optionsOf<SeasonalGrowth>({ periods, seasons: integerFrom(1), variable: optional(text) }),
  reach: ({ periods, seasons }) => periods * seasons + 1,
  compute({ values }, { periods: season, seasons }, { target, periods: known }) {
    const step = stepsBetween(known, target);
    if (!Number.isInteger(step)) return Number.NaN;
    const options = { origin: values.length - 1, step, season, seasons };
    return Math.log(meanSeasonalGrowth((position) => values[position] ?? Number.NaN, options));
  },
});

const daysOfWeek = 7;

/** Returns the number of periods of the schedule from the last known one to the target. NaN without a known period. */
function stepsBetween(known: readonly string[], target: string): number {
  const [before, origin] = [known.at(-2), known.at(-1)];
  if (origin === undefined) return Number.NaN;
  const isWeekly = before !== undefined && periodsBetween(before, origin) === daysOfWeek;
  return periodsBetween(origin, target) / (isWeekly ? daysOfWeek : 1);
}
