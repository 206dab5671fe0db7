import { meanOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Mean of the last `periods` observations. In the variable's unit; O(periods). */
export const rollingMean = seriesKind({
  name: "rolling-mean",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => meanOfLast(values, periods),
});
