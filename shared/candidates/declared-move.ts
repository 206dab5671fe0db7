/**
 * Candidates that move the last value by a feature of the forecast. A parameter names the feature, so a search over several of them
 * finds the number of years or periods. Nothing is fitted.
 */
import { failure, success } from "../lib/result.ts";
import type { Candidate } from "./candidate.ts";
import type { Fitted } from "./fitted.ts";

/** The last value times its usual growth at this time of the year. `growth` names a feature of kind `seasonal-growth`. */
export const seasonalGrowthMove = moveCandidate("seasonal-growth", "growth");

/** The last value times its mean growth a period. `change` names a feature of kind `mean-log-difference`. */
export const drift = moveCandidate("drift", "change");

function moveCandidate(id: string, parameter: string): Candidate {
  return {
    id,
    fit({ data, transform, parameters }) {
      if (transform !== "log-difference")
        return failure({
          kind: "invalid-data",
          found: `a target fitted as ${transform}`,
          expected: "a log-difference",
        });
      const name = parameters[parameter];
      const column = data.columns.find((one) => one.name === name);
      if (column?.dtype !== "float")
        return failure({
          kind: "invalid-data",
          found: `${parameter} ${name}`,
          expected: "the name of a feature with numbers",
        });
      return success(moveOf(column.name));
    },
  };
}

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
