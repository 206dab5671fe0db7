import { standardDeviationOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Population standard deviation of the last `periods` observations, in the variable's unit; exactly 0 if all are equal. O(periods). */
export const rollingStd = seriesKind({
  name: "rolling-std",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => standardDeviationOfLast(values, periods),
});
