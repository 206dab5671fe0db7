/** Past changes of a series. A step is from one observation to the next. */
import type { Direction } from "../distributions/three-classes.ts";
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

/** The changes of the last steps, by direction, each list ascending. */
export type PastChanges = Readonly<Record<Direction, Float64Array>>;

interface Known {
  readonly steps: number;
  readonly tolerance: number;
  readonly changes: PastChanges;
}

const cached = memoizeByObject((_: Float64Array): Known[] => []);

/**
 * Returns the changes of the last `steps` steps, or of all if there are fewer. A change below the tolerance is no change. In the
 * unit of the values. O(steps · log steps); memoized, because every quantile of a row reads the same list.
 */
export function pastChanges(observed: Float64Array, steps: number, tolerance: number): PastChanges {
  const known = cached(observed);
  // A list and a loop: this runs for every row and a dozen features, and a key of text takes longer than the rest.
  for (const one of known) if (one.steps === steps && one.tolerance === tolerance) return one.changes;
  const changes = changesOf(observed, steps, tolerance);
  known.push({ steps, tolerance, changes });
  return changes;
}

function changesOf(observed: Float64Array, steps: number, tolerance: number): PastChanges {
  const lists: Record<Direction, number[]> = { down: [], same: [], up: [] };
  for (let at = Math.max(1, observed.length - steps); at < observed.length; at++) {
    const change = (observed[at] ?? 0) - (observed[at - 1] ?? 0);
    lists[!hasMoved(change, tolerance) ? "same" : change < 0 ? "down" : "up"].push(change);
  }
  return { down: ascending(lists.down), same: ascending(lists.same), up: ascending(lists.up) };
}

/** Up to this many numbers, an insertion takes less time than the sort of a typed array. */
const insertedMax = 64;

function ascending(list: readonly number[]): Float64Array {
  const sorted = new Float64Array(list);
  if (sorted.length > insertedMax) return sorted.sort();
  for (let i = 1; i < sorted.length; i++) {
    const value = sorted[i] ?? 0;
    let to = i;
    for (; to > 0 && (sorted[to - 1] ?? 0) > value; to--) sorted[to] = sorted[to - 1] ?? 0;
    sorted[to] = value;
  }
  return sorted;
}
