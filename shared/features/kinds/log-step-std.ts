import { logRatio, stepDeviationOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** Volatility: population standard deviation of the last `periods` log differences. NaN unless all values are above 0. O(periods). */
export const logStepStd = seriesKind({
  name: "log-step-std",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods }) => stepDeviationOfLast(values, periods, logRatio),
});
