/** Keys of the track record in R2. docs/STORAGE.md lists them with examples. */

import type { ReportRole } from "../api/report-states.ts";

/** One publication of predictions: all predictions from one origin. */
export interface PublishedKey {
  readonly forecast: string;
  /** The last period that was known. */
  readonly origin: string;
  readonly role: ReportRole;
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

const folders = { predictions: "forecasts", scores: "scores" } as const;

/** Returns the address of a file below `/forecasts/<forecast>/record/files/`: `predictions/origin=…` or `scores/target=…`. */
export function recordFilePath(forecast: string, key: string): string {
  const [kind, folder] = key.startsWith("scores/") ? ["scores", folders.scores] : ["predictions", folders.predictions];
  return `${kind}/${key.slice(`${folder}/${forecast}/`.length)}`;
}

/** Returns the key in R2 of such an address; null for another address. */
export function recordFileKey(forecast: string, path: string): string | null {
  const [, kind, rest] = /^(predictions|scores)\/(.{1,500})$/.exec(path) ?? [];
  return kind === "predictions" || kind === "scores" ? `${folders[kind]}/${forecast}/${rest}` : null;
}

export interface ScoresKey {
  readonly forecast: string;
  readonly target: string;
  /** From 1. */
  readonly revision: number;
}
