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

/** A publication that predicted the period. */
export interface PlannedPublication extends StoredPublication {
  /** The step of the period after the origin; 1 for the next event. */
  readonly step: number;
  /** The series that are scored, as JSON of their values of the dimensions. Not set if all are. */
  readonly series?: ReadonlySet<string>;
}

export interface PlannedScores {
  readonly target: string;
  readonly publications: readonly PlannedPublication[];
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
    const predicted = forecast.steps.flatMap((step): PlannedPublication[] =>
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

/**
 * Returns the periods of a plan with only the oldest `newMax` of those that have no scores. The next plan continues after them,
 * because it begins at the last scored period. Periods that are scored again do not count: many corrections must not delay the
 * new periods for ever.
 */
export function limitNew(
  periods: readonly PlannedScores[],
  { madeFrom }: Pick<ScoringState, "madeFrom">,
  newMax: number,
): readonly PlannedScores[] {
  let count = 0;
  return periods.filter(({ target }) => madeFrom(target) !== null || ++count <= newMax);
}
