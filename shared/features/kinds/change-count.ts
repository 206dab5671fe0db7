import { type Direction, directions } from "../../distributions/three-classes.ts";
import { textOf } from "../../lib/validate-json.ts";
import { pastChanges } from "../changes.ts";
import { seriesKind } from "./kind.ts";
import { optionsOf, type Periods, periods } from "./options.ts";

interface Options extends Periods {
  /** `down`: steps at which the value fell; `same`: at which it stayed; `up`: at which it rose. */
  readonly direction: Direction;
}

/** Number of the last `periods` steps in a direction; NaN with fewer than two observations. O(periods). */
export const changeCount = seriesKind({
  name: "change-count",
  version: 1,
  options: optionsOf<Options>({ periods, direction: textOf(directions) }),
  reach: ({ periods }) => periods + 1,
  compute({ observed }, { periods, direction }, { tolerance }) {
    return observed.length < 2 ? Number.NaN : pastChanges(observed, periods, tolerance)[direction].length;
  },
});
