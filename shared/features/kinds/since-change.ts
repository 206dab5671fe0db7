import { stepsSinceChange } from "../changes.ts";
import { seriesKind } from "./kind.ts";
import { periodsOptions } from "./options.ts";

/**
 * Observations since the value last changed: 0 when the last one brought the change; `periods`, or as many steps as there
 * are, when it never did. NaN with fewer than two observations. O(periods).
 */
export const sinceChange = seriesKind({
  name: "since-change",
  version: 1,
  options: periodsOptions,
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods }, tolerance) {
    const steps = Math.min(periods, observed.length - 1);
    if (steps < 1) return Number.NaN;
    return stepsSinceChange(observed, steps, tolerance) ?? steps;
  },
});
