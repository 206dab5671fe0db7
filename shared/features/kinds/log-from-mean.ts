import { logRatio, meanOfLast, observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** ln(last value ÷ mean of the last `periods` observations); NaN unless both are above 0. O(periods). */
export const logFromMean = seriesKind({
  name: "log-from-mean",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => logRatio(observedAgo(values, 1), meanOfLast(values, periods)),
});
