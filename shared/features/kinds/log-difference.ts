import { logRatio, observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** ln(last value ÷ value `periods` observations before it); NaN unless both are above 0. O(1). */
export const logDifference = seriesKind({
  name: "log-difference",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods }) => logRatio(observedAgo(values, 1), observedAgo(values, periods + 1)),
});
