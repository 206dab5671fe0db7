/** How one series moves: when it last changed, by how much, and how often. A step is from one observation to the next. */
import { hasMoved, type PastSeries } from "./panel.ts";

/** How many observations ago the value last changed, among the last `count` steps; −1 where it did not. */
function stepsSinceChange({ observed }: PastSeries, count: number, tolerance: number): number {
  const newest = observed.length - 1;
  for (let step = 0; step < Math.min(count, newest); step++) {
    const now = observed[newest - step] ?? 0;
    const before = observed[newest - step - 1] ?? 0;
    if (hasMoved(now - before, tolerance)) return step;
  }
  return -1;
}

/**
 * Observations since the value last changed: 0 when the last one brought the change; `count`, or as many steps as there
 * are, when it never did. NaN with fewer than two observations. O(count).
 */
export function sinceChange(series: PastSeries, count: number, tolerance: number): number {
  const steps = Math.min(count, series.observed.length - 1);
  if (steps < 1) return Number.NaN;
  const since = stepsSinceChange(series, count, tolerance);
  return since < 0 ? steps : since;
}

/** The last change that was one, in the variable's unit; 0 when there was none among the last `count` steps, NaN without a step. O(count). */
export function lastChange(series: PastSeries, count: number, tolerance: number): number {
  const { observed } = series;
  if (observed.length < 2) return Number.NaN;
  const since = stepsSinceChange(series, count, tolerance);
  if (since < 0) return 0;
  const at = observed.length - 1 - since;
  return (observed[at] ?? 0) - (observed[at - 1] ?? 0);
}

/** Share of the last `count` steps at which the value changed, 0 to 1; NaN without a step. O(count). */
export function changeShare({ observed }: PastSeries, count: number, tolerance: number): number {
  const first = Math.max(1, observed.length - count);
  let changes = 0;
  for (let at = first; at < observed.length; at++) {
    if (hasMoved((observed[at] ?? 0) - (observed[at - 1] ?? 0), tolerance)) changes++;
  }
  return changes / (observed.length - first || Number.NaN);
}
