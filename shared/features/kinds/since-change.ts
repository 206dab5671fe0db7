import { stepsSinceChange } from "../changes.ts";
import { seriesKind } from "./kind.ts";
import { periodsOptions } from "./options.ts";

/**
 * Number of observations since the value last changed: 0 if the last observation changed. Without a change it is `periods`, or
 * the number of steps if there are fewer. NaN with fewer than two observations. O(periods).
 */
export const sinceChange = seriesKind({
  name: "since-change",
  version: 1,
  options: periodsOptions,
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods }, { tolerance }) {
    const steps = Math.min(periods, observed.length - 1);
    if (steps < 1) return Number.NaN;
    return stepsSinceChange(observed, steps, tolerance) ?? steps;
  },
});
