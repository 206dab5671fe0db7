import { maximumOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Largest of the last `periods` observations. In the variable's unit; O(periods). */
export const rollingMax = seriesKind({
  name: "rolling-max",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  compute: (values, { periods }) => maximumOfLast(values, periods),
});
