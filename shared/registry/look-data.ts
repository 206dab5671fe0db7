/** The published data that a look read. Only a correction of these data allows another look at the same periods (docs/GATE.md). */
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";

/** What a look read of one feed. */
export interface ReadData {
  readonly feed: string;
  /** The first period that it read; null if it read all periods. */
  readonly from: string | null;
  readonly variables: readonly {
    readonly name: string;
    /** A value that differs by at most this much is not corrected; null for variables with unknown digits. */
    readonly tolerance: number | null;
  }[];
}

/**
 * Returns what a training with this declaration reads. A look records it, so that a later edit of the declaration does not change
 * which data count as corrected.
 * @param from the first period of the training data, if the forecast trains only after a break; else null
 */
export function readDataOf(
  { sources, variable, target }: Pick<Forecast, "sources" | "variable" | "target">,
  from: string | null,
): ReadData[] {
  const toleranceFor = (name: string) => (name === variable ? toleranceOf({ target }) : null);
  return sources.map(({ feed, variables }) => ({
    feed,
    from,
    variables: variables.map((name) => ({ name, tolerance: toleranceFor(name) })),
  }));
}
