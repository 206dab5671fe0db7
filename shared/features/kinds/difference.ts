import { observedAgo } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/** The last value minus the one `periods` observations before it. In the variable's unit; O(1). */
export const difference = seriesKind({
  name: "difference",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods }) => observedAgo(values, 1) - observedAgo(values, periods + 1),
});
