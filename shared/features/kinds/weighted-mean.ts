import { numberBetween, optional, text } from "../../lib/validate-json.ts";
import { weightedMeanOfLast } from "../statistics.ts";
import { seriesKind } from "./kind.ts";
import { optionsOf, type PeriodsOfVariable, periods } from "./options.ts";

interface Options extends PeriodsOfVariable {
  /** In observations: the weight of a value halves with every `halfLife` observations of age. */
  readonly halfLife: number;
}

/** Exponentially weighted mean of the last `periods` observations. In the variable's unit; O(periods). */
export const weightedMean = seriesKind({
  name: "weighted-mean",
  version: 1,
  options: optionsOf<Options>({
    periods,
    halfLife: numberBetween(Number.MIN_VALUE, Number.MAX_VALUE),
    variable: optional(text),
  }),
  reach: ({ periods }) => periods,
  compute: (values, { periods, halfLife }) => weightedMeanOfLast(values, periods, halfLife),
});
