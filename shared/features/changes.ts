/** Past changes of a series. A step is from one observation to the next. */
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { hasMoved } from "./panel.ts";

/**
 * Returns how many observations ago the value last changed, or null if it did not change in the last `steps` steps. `steps` must
 * be less than the number of observations. O(steps).
 */
export function stepsSinceChange(observed: Float64Array, steps: number, tolerance: number): number | null {
  const newest = observed.length - 1;
  for (let step = 0; step < steps; step++) {
    const now = observed[newest - step] ?? 0;
    const before = observed[newest - step - 1] ?? 0;
    if (hasMoved(now - before, tolerance)) return step;
  }
  return null;
}

export const directions = ["down", "same", "up"] as const;
export type Direction = (typeof directions)[number];

/** The changes of the last steps, by direction, each list ascending. */
export type PastChanges = Readonly<Record<Direction, Float64Array>>;

const cached = memoizeByObject((_: Float64Array) => new Map<string, PastChanges>());

/**
 * Returns the changes of the last `steps` steps, or of all if there are fewer. A change below the tolerance is no change. In the
 * unit of the values. O(steps · log steps); memoized, because every quantile of a row reads the same list.
 */
export function pastChanges(observed: Float64Array, steps: number, tolerance: number): PastChanges {
  const known = cached(observed);
  const key = `${steps} ${tolerance}`;
  const found = known.get(key);
  if (found) return found;
  const changes = changesOf(observed, steps, tolerance);
  known.set(key, changes);
  return changes;
}

function changesOf(observed: Float64Array, steps: number, tolerance: number): PastChanges {
  const lists: Record<Direction, number[]> = { down: [], same: [], up: [] };
  for (let at = Math.max(1, observed.length - steps); at < observed.length; at++) {
    const change = (observed[at] ?? 0) - (observed[at - 1] ?? 0);
    lists[!hasMoved(change, tolerance) ? "same" : change < 0 ? "down" : "up"].push(change);
  }
  const sorted = (list: readonly number[]) => Float64Array.from(list).sort();
  return { down: sorted(lists.down), same: sorted(lists.same), up: sorted(lists.up) };
}
