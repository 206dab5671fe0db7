/** Finds declarations that do not fit the data, before a training. */
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { scheduleMismatch } from "../forecasts/schedule-fit.ts";
import { targetSourceOf } from "../forecasts/source.ts";
import { enclosingPeriod } from "../period.ts";
import type { FactsByFeed } from "./facts.ts";

/**
 * Returns one sentence if the schedule, or the reduction of the target's feed, does not fit the data; null if both fit.
 * @param panel the panel of the forecast from these facts
 */
export function dataMismatch(
  forecast: Pick<Forecast, "id" | "variable" | "sources" | "events" | "schedule">,
  panel: Panel,
  facts: FactsByFeed,
): string | null {
  const observed = panel.periods.filter((_, at) => panel.series.some(({ values }) => !Number.isNaN(values[at])));
  if (observed.length === 0 && panel.periods.length > 0) return partsMismatch(forecast, facts);
  return scheduleMismatch(forecast.schedule, observed);
}

/** Returns a sentence if no period has as many parts as the reduction of the target's feed needs. */
function partsMismatch(forecast: Parameters<typeof dataMismatch>[0], facts: FactsByFeed): string | null {
  const { feed, variables, reduce } = targetSourceOf(forecast);
  if (reduce === undefined) return null;
  const { every } = forecast.schedule;
  const counts = new Map<string, number>();
  for (const { period, series, variable } of facts.get(feed) ?? []) {
    if (!variables.includes(variable)) continue;
    const key = JSON.stringify([enclosingPeriod(period, every), series, variable]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  if (most === 0 || most >= reduce.partsMin) return null;
  return `The reduction of ${feed} needs ${reduce.partsMin} values of each ${every}, but no ${every} has more than ${most}. Expected partsMin of at most ${most}.`;
}
