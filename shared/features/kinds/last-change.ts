import { stepsSinceChange } from "../changes.ts";
import { seriesKind } from "./kind.ts";
import { periodsOptions } from "./options.ts";

/**
 * The size of the value's last change, in the target's unit: 0 if it did not change in the last `periods` steps, NaN with fewer
 * than two observations. O(periods).
 */
export const lastChange = seriesKind({
  name: "last-change",
  version: 1,
  options: periodsOptions,
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods }, { tolerance }) {
    if (observed.length < 2) return Number.NaN;
    const since = stepsSinceChange(observed, Math.min(periods, observed.length - 1), tolerance);
    if (since === null) return 0;
    const at = observed.length - 1 - since;
    return (observed[at] ?? 0) - (observed[at - 1] ?? 0);
  },
});
