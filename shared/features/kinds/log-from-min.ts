import { logRatio, minimumOfLast, observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** ln(last value ÷ minimum of the last `periods` observations); NaN unless both are above 0. O(periods). */
export const logFromMin = seriesKind({
  name: "log-from-min",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => logRatio(observedAgo(values, 1), minimumOfLast(values, periods)),
});
