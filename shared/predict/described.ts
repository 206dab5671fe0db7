import type { RowSummary } from "./row-summary.ts";

/** What is published of a row's distribution. The objects are the same for all answers of a cached series. */
export interface Described {
  /** In the target's unit; null if the row has no distribution. */
  readonly median: number | null;
  readonly mean: number | null;
  /** Null if the row has no distribution, or if its last value is too old: `note` has the reason. */
  readonly published: Published | null;
  readonly note: string | null;
}

interface Published {
  readonly summary: RowSummary;
  /** By the level, as in `0.025`. */
  readonly quantiles: Readonly<Record<string, number>>;
  /** Null if the model has none. */
  readonly changeProbability: number | null;
}
