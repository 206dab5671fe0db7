/** The track record of a report: its windows, and past forecasts of the headline level. */
import type { PastForecast, ReportRecord } from "../api/report-model.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { roundTo } from "../predict/decimal.ts";
import type { PublishedScore } from "../track-record/published-score.ts";
import type { TrackRecord } from "../track-record/track-record.ts";

/** Returns the record as a report shows it. @param baseline the name of the baseline */
export function reportRecord({ windows, sequence }: TrackRecord, baseline: string): ReportRecord | null {
  const all = windows.at(-1);
  if (all === undefined) return null;
  return {
    from: all.from,
    to: all.to,
    publications: all.periods,
    baseline,
    windows: windows.map(({ periods, isAll, skill }) => ({
      publications: periods,
      isAll,
      skill,
      low: isAll ? (sequence?.low ?? null) : null,
      high: isAll ? (sequence?.high ?? null) : null,
    })),
    coverage: [...all.coverage],
  };
}

/** Returns the name of the set that is the headline: the series if there is only one, else the group of all series; null without. */
export function headlineSet({ dimensions, groups = [] }: Pick<Forecast, "dimensions" | "groups">): string | null {
  if (dimensions.length === 0) return seriesSet;
  return groups.find(({ by }) => by.length === 0)?.name ?? null;
}

/** More than a published value has: removes what the subtraction of decimal numbers adds. */
const exactDecimals = 9;

/** Returns the forecasts of the headline level of the next period that were published in time and have intervals, oldest first. */
export function pastForecasts(scores: readonly PublishedScore[], set: string | null): PastForecast[] {
  return scores
    .filter((one) => one.set === set && one.step === 1 && one.counts === "headline")
    .flatMap(({ target: period, origin, actual, error, low90: low, high90: high }): PastForecast[] =>
      low === null || high === null
        ? []
        : [{ period, origin, median: roundTo(actual - error, exactDecimals), low, high, actual }],
    )
    .sort((a, b) => (a.period < b.period ? -1 : 1));
}
