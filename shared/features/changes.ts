import { hasMoved } from "./panel.ts";

/**
 * Returns how many observations ago the value last changed, or null if it did not change in the last `steps` steps. A step is
 * from one observation to the next; `steps` must be less than the number of observations. O(steps).
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
