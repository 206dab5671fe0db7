/** One instance of a request, after it was read. */
export interface Row {
  /** Position in the snapshot's series; null for a series that is not in the history. */
  readonly position: number | null;
  /** Values of the dimensions. */
  readonly is: readonly string[];
  readonly target: string;
  /** True if no feature comes from the history: another period, or a series without a history. */
  readonly hypothetical: boolean;
  /** Features that the request supplied. */
  readonly overrides: ReadonlyMap<string, number | string>;
  /** The observation that the request supplied. The row is computed from it instead of from the newest one. */
  readonly start?: StartingPoint;
  /** The request asks for the probability of a value above this one, in the target's unit. */
  readonly above?: number;
}

/** An observation that a request supplied, and the features of the period after it. */
export interface StartingPoint {
  readonly last: { readonly period: string; readonly value: number };
  /** The features of one series, by name. */
  readonly features: Readonly<Record<string, number | string>>;
}
