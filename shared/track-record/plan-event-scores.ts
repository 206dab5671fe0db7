/** Which days of events have to be scored, and by which publications. */
import { sha256Hex } from "../lib/hash.ts";
import { type EventOrigin, matchEvents } from "./match-events.ts";
import type { PlannedScores, ScoringState, StoredPublication } from "./plan-scores.ts";

export interface EventScoringState extends Omit<ScoringState, "forecast"> {
  readonly activeDays: number;
}

/** Returns the days with publications, ascending, and whether one of them counts. */
export function originsOf(publications: readonly Pick<StoredPublication, "origin" | "counts">[]): EventOrigin[] {
  return [...Map.groupBy(publications, ({ origin }) => origin)]
    .map(([origin, own]) => ({ origin, isHeadline: own.some(({ counts }) => counts === "headline") }))
    .sort((a, b) => (a.origin < b.origin ? -1 : 1));
}

/**
 * Returns the days whose scores are missing, or were made from other events or other publications. Every publication of an origin
 * is scored, but only on the series whose next event it predicted first. O(days × series × log events).
 */
export function planEventScores({
  panel,
  publications,
  from,
  madeFrom,
  activeDays,
}: EventScoringState): PlannedScores[] {
  const byOrigin = Map.groupBy(publications, ({ origin }) => origin);
  const origins = originsOf(publications);
  return panel.periods.flatMap((target): PlannedScores[] => {
    if (target < from) return [];
    const matched = Map.groupBy(matchEvents(panel, target, { origins, activeDays }), ({ origin }) => origin);
    const predicted = [...matched].sort().flatMap(([origin, events]) => {
      const series = new Set(events.map(({ is }) => JSON.stringify(is)));
      return (byOrigin.get(origin) ?? []).map((one) => ({ ...one, step: 1, series }));
    });
    const known = madeFrom(target);
    if (predicted.length === 0 && known === null) return [];
    const events = [...matched].sort().map(([origin, own]) => [origin, own.map(({ is, value }) => [...is, value])]);
    const scored = predicted.map(({ origin, role, revision, counts }) => [origin, role, revision, counts]);
    const digest = sha256Hex(JSON.stringify([events, scored]));
    return digest === known ? [] : [{ target, publications: predicted, madeFrom: digest }];
  });
}
