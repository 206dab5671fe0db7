import { seriesKind } from "./kind.ts";
import { periodsOfVariableOptions } from "./options.ts";

/**
 * The value `periods` periods before the target: a season ago. With three publications per week, 3 is the same weekday of last
 * week. NaN if that period has no value. In the variable's unit; O(1).
 */
export const seasonalLag = seriesKind({
  name: "seasonal-lag",
  version: 1,
  options: periodsOfVariableOptions,
  reach: ({ periods }) => periods,
  pastValue: ({ periods }) => ({ back: periods, counts: "periods" }),
  compute: ({ values }, { periods }) => values.at(-periods) ?? Number.NaN,
});
