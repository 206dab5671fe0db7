/** Which periods have to be scored, and by which publications. */
import type { Counting } from "../api/report-states.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { sha256Hex } from "../lib/hash.ts";
import type { PublishedKey } from "./keys.ts";

/** A publication whose predictions are stored. */
export interface StoredPublication extends PublishedKey {
  readonly counts: Counting;
}

export interface PlannedScores {
  readonly target: string;
  /** The publications that predicted the period, each with the step of the period after its origin. */
  readonly publications: readonly (StoredPublication & { readonly step: number })[];
  /** SHA-256 of the values and of the publications: the same one gives the same scores. */
  readonly madeFrom: string;
}

export interface ScoringState {
  readonly forecast: Pick<Forecast, "steps">;
  readonly panel: Panel;
  readonly publications: readonly StoredPublication[];
  /** From this period on, oldest first. */
  readonly from: string;
  /** What the newest scores of a period were made from. */
  madeFrom(target: string): string | null;
}

/**
 * Returns the periods whose scores are missing, or were made from other values or other publications. The step of a period is its
 * distance from the origin in the history. O(periods × (series + steps)).
 */
export function planScores({ forecast, panel, publications, from, madeFrom }: ScoringState): PlannedScores[] {
  const byOrigin = Map.groupBy(publications, ({ origin }) => origin);
  return panel.periods.flatMap((target, at): PlannedScores[] => {
    if (target < from) return [];
    const predicted = forecast.steps.flatMap((step) =>
      (byOrigin.get(panel.periods[at - step] ?? "") ?? []).map((one) => ({ ...one, step })),
    );
    if (predicted.length === 0) return [];
    const values = panel.series.map(({ is, values }) => [
      ...is,
      Number.isNaN(values[at]) ? null : (values[at] ?? null),
    ]);
    const scored = predicted.map(({ origin, role, revision, counts }) => [origin, role, revision, counts]);
    const digest = sha256Hex(JSON.stringify([values, scored]));
    return digest === madeFrom(target) ? [] : [{ target, publications: predicted, madeFrom: digest }];
  });
}
