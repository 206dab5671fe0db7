import { numberBetween, textOf } from "../../lib/validate-json.ts";
import { pastChanges } from "../changes.ts";
import { seriesKind } from "./kind.ts";
import { optionsOf, type Periods, periods } from "./options.ts";

interface Options extends Periods {
  readonly direction: "down" | "up";
  /** The level of the quantile, 0 to 1. */
  readonly share: number;
}

/**
 * A quantile of the sizes of a series' own falls or rises in the last `periods` steps, in the target's unit; falls are negative.
 * It is a size that occurred: the one at position ⌊share × number⌋ of the ascending list. NaN without such a change.
 * O(periods · log periods).
 */
export const changeSize = seriesKind({
  name: "change-size",
  version: 1,
  options: optionsOf<Options>({
    periods,
    direction: textOf(["down", "up"]),
    share: numberBetween(0, 1),
  }),
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods, direction, share }, { tolerance }) {
    const sizes = pastChanges(observed, periods, tolerance)[direction];
    return sizes[Math.min(sizes.length - 1, Math.floor(share * sizes.length))] ?? Number.NaN;
  },
});
