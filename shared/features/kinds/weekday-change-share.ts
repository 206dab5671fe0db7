import { isoWeekday } from "../../lib/calendar.ts";
import { firstDayOf } from "../../period.ts";
import { hasMoved, type Past } from "../panel.ts";
import { historyKind } from "./kind.ts";
import { periodsOptions } from "./options.ts";

/**
 * Share of the changes of a series among the periods with the target's weekday, 0 to 1, in the last `periods` periods. A period
 * counts if it and an earlier one of them have a value. NaN without such a period. O(periods).
 */
export const weekdayChangeShare = historyKind({
  name: "weekday-change-share",
  version: 1,
  options: periodsOptions,
  reach: ({ periods }) => periods + 1,
  ofPast(past, { periods }) {
    const isCounted = sameWeekday(past);
    return ({ values }) => {
      let last = Number.NaN;
      let counted = 0;
      let changes = 0;
      for (let at = Math.max(0, values.length - periods - 1); at < values.length; at++) {
        const value = values[at] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        if (isCounted[at] === true && !Number.isNaN(last)) {
          counted++;
          if (hasMoved(value - last, past.tolerance)) changes++;
        }
        last = value;
      }
      return changes / (counted || Number.NaN);
    };
  },
});

/** Returns for each period of the past whether it has the target's weekday. */
function sameWeekday({ periods, target }: Past): boolean[] {
  const weekday = isoWeekday(firstDayOf(target));
  return periods.map((period) => isoWeekday(firstDayOf(period)) === weekday);
}
