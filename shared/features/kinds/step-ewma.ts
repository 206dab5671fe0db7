import { numberBetween, optional, text } from "../../lib/validate-json.ts";
import { weightedDeviationOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { optionsOf, type PeriodsOfVariable, periods } from "./options.ts";

interface Options extends PeriodsOfVariable {
  /** In steps: the weight of a difference halves with every `halfLife` steps of age. */
  readonly halfLife: number;
}

/**
 * Exponentially weighted root mean square of the last `periods` differences between neighbours, in the variable's unit: it
 * follows a change of the volatility sooner than `step-std`. NaN without a difference. O(periods).
 */
export const stepEwma = seriesKind({
  name: "step-ewma",
  version: 1,
  options: optionsOf<Options>({
    periods,
    halfLife: numberBetween(Number.MIN_VALUE, Number.MAX_VALUE),
    variable: optional(text),
  }),
  reach: ({ periods }) => periods + 1,
  compute: (values, { periods, halfLife }) => weightedDeviationOfLast(values, periods, halfLife),
});
