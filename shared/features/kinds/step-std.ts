import { stepDeviationOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Population standard deviation of the last `periods` differences between neighbours, in the variable's unit. O(periods). */
export const stepStd = seriesKind({
  name: "step-std",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods }) => stepDeviationOfLast(values, periods, (now, before) => now - before),
});
