import { hasMoved } from "../panel.ts";
import { seriesKind } from "./kind.ts";
import { periodsOptions } from "./options.ts";

/** Share of the last `periods` steps at which the value changed, 0 to 1; NaN with fewer than two observations. O(periods). */
export const changeShare = seriesKind({
  name: "change-share",
  version: 1,
  options: periodsOptions,
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods }, { tolerance }) {
    const first = Math.max(1, observed.length - periods);
    let changes = 0;
    for (let at = first; at < observed.length; at++) {
      if (hasMoved((observed[at] ?? 0) - (observed[at - 1] ?? 0), tolerance)) changes++;
    }
    return changes / (observed.length - first || Number.NaN);
  },
});
