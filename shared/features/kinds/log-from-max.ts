import { logRatio, maximumOfLast, observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** ln(last value ÷ maximum of the last `periods` observations); NaN unless both are above 0. O(periods). */
export const logFromMax = seriesKind({
  name: "log-from-max",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => logRatio(observedAgo(values, 1), maximumOfLast(values, periods)),
});
