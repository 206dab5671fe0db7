import { logRatio, observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/**
 * The mean of the last `periods` changes of the logarithm: ln(last value ÷ value `periods` observations before it) ÷ `periods`; NaN
 * unless both are above 0. O(1).
 */
export const meanLogDifference = seriesKind({
  name: "mean-log-difference",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods }) => logRatio(observedAgo(values, 1), observedAgo(values, periods + 1)) / periods,
});
