import { observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** The value observed `periods` observations ago: 1 is the last one. In the variable's unit; O(1). */
export const lag = seriesKind({
  name: "lag",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  pastValue: ({ periods }) => ({ back: periods, counts: "observations" }),
  compute: (values, { periods }) => observedAgo(values, periods),
});
