/** Keys of the track record in R2. docs/STORAGE.md lists them with examples. */

/** `champion`: the version that served. `shadow`: another version, published beside it. */
export type PublishedRole = "champion" | "shadow";

/** One publication of predictions: all predictions from one origin. */
export interface PublishedKey {
  readonly forecast: string;
  /** The last period that was known. */
  readonly origin: string;
  readonly role: PublishedRole;
  /** From 1: a corrected publication or another version makes a new one. */
  readonly revision: number;
}

/** Returns the key of predictions: `forecasts/milk-mx/origin=2026-11-20/role=champion/revision=1/part.parquet`. */
export function predictionsKey({ forecast, origin, role, revision }: PublishedKey): string {
  return `forecasts/${forecast}/origin=${origin}/role=${role}/revision=${revision}/part.parquet`;
}

/**
 * Returns the key of the scores of all predictions for a period: `scores/milk-mx/target=2026-11-23/revision=1/part.parquet`. A
 * corrected publication of the period makes a new revision.
 */
export function scoresKey({ forecast, target, revision }: ScoresKey): string {
  return `scores/${forecast}/target=${target}/revision=${revision}/part.parquet`;
}

export interface ScoresKey {
  readonly forecast: string;
  readonly target: string;
  /** From 1. */
  readonly revision: number;
}
