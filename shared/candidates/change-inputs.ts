/** Names of the features with the past changes of a series. */
export interface ChangeInputs {
  readonly falls: DirectionInputs;
  readonly rises: DirectionInputs;
  /** Number of past steps without a change. */
  readonly unchanged: string;
  /** Size of the last change. */
  readonly lastChange: string;
  /** The text features whose values identify the group of a series. */
  readonly group: readonly string[];
}

export interface DirectionInputs {
  /** Number of past steps in this direction. */
  readonly count: string;
  /** Quantiles of the past sizes, equally probable. */
  readonly sizes: readonly string[];
}

/** Returns the names of the features that a distribution of changes reads, without those of its models of chances. */
export function changeInputNames({ falls, rises, unchanged, lastChange, group }: ChangeInputs): string[] {
  return [falls.count, ...falls.sizes, rises.count, ...rises.sizes, unchanged, lastChange, ...group];
}
