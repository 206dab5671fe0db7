import { minimumOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Smallest of the last `periods` observations. In the variable's unit; O(periods). */
export const rollingMin = seriesKind({
  name: "rolling-min",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => minimumOfLast(values, periods),
});
