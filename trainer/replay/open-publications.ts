/** The publications of a forecast of the next event in a replay. */
import type { Panel } from "../../shared/features/panel.ts";
import { matchEvents, waitingPredictions } from "../../shared/track-record/match-events.ts";
import type { PublishedPrediction } from "../../shared/track-record/published-prediction.ts";

export interface PublishedOrigin {
  readonly origin: string;
  readonly publishedAt: string;
  readonly predictions: readonly PublishedPrediction[];
}

const seriesText = (is: readonly string[]) => JSON.stringify(is);

const headlinesOf = (published: readonly PublishedOrigin[]) =>
  published.map(({ origin }) => ({ origin, isHeadline: true }));

/** Returns the publications that predicted an event of a day, each with the series of these events. */
export function matchedPublications(
  published: readonly PublishedOrigin[],
  { panel, target, activeDays }: { readonly panel: Panel; readonly target: string; readonly activeDays: number },
): (PublishedOrigin & { readonly series: ReadonlySet<string> })[] {
  const events = matchEvents(panel, target, { origins: headlinesOf(published), activeDays });
  const byOrigin = Map.groupBy(events, ({ origin }) => origin);
  return published.flatMap((one) => {
    const own = byOrigin.get(one.origin) ?? [];
    return own.length === 0 ? [] : [{ ...one, series: new Set(own.map(({ is }) => seriesText(is))) }];
  });
}

/** Returns the publications with only the predictions that wait for their event. Together they have at most one for each series. */
export function stillOpen(
  published: readonly PublishedOrigin[],
  { panel, activeDays }: { readonly panel: Panel; readonly activeDays: number },
): PublishedOrigin[] {
  const waiting = waitingPredictions(panel, { origins: headlinesOf(published), activeDays });
  const byOrigin = Map.groupBy(waiting, ({ origin }) => origin);
  return published.flatMap((one): PublishedOrigin[] => {
    const own = new Set((byOrigin.get(one.origin) ?? []).map(({ is }) => seriesText(is)));
    const predictions = one.predictions.filter(({ series }) => own.has(seriesText(Object.values(series))));
    return predictions.length === 0 ? [] : [{ ...one, predictions }];
  });
}
