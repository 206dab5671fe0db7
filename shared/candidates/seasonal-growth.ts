/**
 * The last value times its usual growth at this time of the year. The parameter `growth` names a feature of kind
 * `seasonal-growth`; a search over several of them finds the number of years. Nothing is fitted.
 */
import { failure, success } from "../lib/result.ts";
import type { Candidate } from "./candidate.ts";
import type { Fitted } from "./fitted.ts";

export const seasonalGrowth: Candidate = {
  id: "seasonal-growth",
  fit({ data, transform, parameters: { growth } }) {
    if (transform !== "log-difference")
      return failure({ kind: "invalid-data", found: `a target fitted as ${transform}`, expected: "a log-difference" });
    const column = data.columns.find(({ name }) => name === growth);
    if (column?.dtype !== "float")
      return failure({
        kind: "invalid-data",
        found: `growth ${growth}`,
        expected: "the name of a feature with numbers",
      });
    return success(moveOf(column.name));
  },
};

/** Returns the model whose move is the feature; 0, the last value, where the feature is missing. */
function moveOf(name: string): Fitted {
  const model = {
    means: Float64Array.of(0),
    scales: Float64Array.of(1),
    coefficients: Float64Array.of(1),
    intercept: 0,
  };
  return { kind: "linear", encoding: { columns: [{ name, how: "number" }], imputed: null }, model };
}
