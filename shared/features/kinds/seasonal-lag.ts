import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/**
 * The value at the `periods`-th period before the target: a season ago. Periods are the publication's own: with three a
 * week, 3 is the same weekday last week. NaN where nothing was observed at that period. In the variable's unit; O(1).
 */
export const seasonalLag = seriesKind({
  name: "seasonal-lag",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  pastValue: ({ periods }) => ({ back: periods, counts: "periods" }),
  compute: ({ values }, { periods }) => values.at(-periods) ?? Number.NaN,
});
