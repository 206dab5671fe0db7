import { mean, meanOf } from "./mean.ts";
import { at, type Numbers } from "./numbers.ts";
import { studentTCdf } from "./student-t.ts";

export interface DieboldMariano {
  /** Small if the challenger is better beyond chance; 1 if the variance cannot be estimated. */
  readonly pValue: number;
  /** The corrected statistic, with `periods` − 1 degrees of freedom. Null if the variance cannot be estimated. */
  readonly statistic: number | null;
  /** Mean loss difference, in units of the loss. */
  readonly meanDifference: number;
  readonly periods: number;
}

/**
 * One-sided Diebold–Mariano test: is the challenger's loss lower than the incumbent's, beyond chance? Uses the
 * small-sample correction of Harvey, Leybourne and Newbold, and Student's t.
 *
 * `differences`: incumbent's loss − challenger's loss, one per period, in time order. Positive values favour the
 * challenger; negate them to test whether the challenger is worse. Average a panel within each period first, because its
 * rows are correlated. `horizon` h ≥ 1, in periods: forecasts h ahead overlap, so h − 1 autocovariances are included.
 * Range of p: 0 to 1. Zero variance, a negative variance estimate (possible for h > 1) and at most h periods give p = 1,
 * which means no evidence. O(n · h).
 * @see Harvey, Leybourne, Newbold (1997), "Testing the equality of prediction mean squared errors"; R forecast::dm.test
 * @example dieboldMariano([0, 3, 5, 0, 9, 11]).pValue // 0.0276
 */
export function dieboldMariano(differences: Numbers, horizon = 1): DieboldMariano {
  if (!(Number.isInteger(horizon) && horizon >= 1)) {
    throw new RangeError(`horizon is ${horizon}: expected a whole number of periods, at least 1`);
  }
  const periods = differences.length;
  const meanDifference = mean(differences);
  // The statistic has no unit, so losses may be scaled. A power of two scales without rounding, and squares of losses
  // near 1e-158 do not underflow.
  const scale = powerOfTwoNear(largestOf(differences));
  const scaled = Float64Array.from(differences, (difference) => difference / scale);
  const scaledMean = mean(scaled);
  const variance = longRunVariance(scaled, scaledMean, horizon) / periods;
  if (periods <= horizon || !(variance > roundingVariance(scaled))) {
    return { pValue: 1, statistic: null, meanDifference, periods };
  }
  const correction = (periods + 1 - 2 * horizon + (horizon * (horizon - 1)) / periods) / periods;
  const statistic = Math.sqrt(correction / variance) * scaledMean;
  return { pValue: studentTCdf(-statistic, periods - 1), statistic, meanDifference, periods };
}

/** Returns γ₀ + 2(γ₁ + … + γₕ₋₁), where γₖ is the autocovariance at lag k, divided by n. */
function longRunVariance(differences: Numbers, center: number, horizon: number): number {
  const count = differences.length;
  let sum = 0;
  for (let lag = 0; lag < Math.min(horizon, count); lag++) {
    const products = meanOf(count - lag, (i) => (at(differences, i) - center) * (at(differences, i + lag) - center));
    sum += ((lag === 0 ? 1 : 2) * products * (count - lag)) / count;
  }
  return sum;
}

/** Returns the variance that rounding alone can cause. The mean of ten differences of 0.1, for example, is not exactly 0.1. */
function roundingVariance(differences: Numbers): number {
  return (largestOf(differences) * Number.EPSILON) ** 2 * differences.length;
}

function largestOf(differences: Numbers): number {
  let largest = 0;
  for (let i = 0; i < differences.length; i++) largest = Math.max(largest, Math.abs(at(differences, i)));
  return largest;
}

/** Returns the largest power of two up to a positive number; 1 for 0 and for values that are not finite. */
function powerOfTwoNear(value: number): number {
  if (!(value > 0 && Number.isFinite(value))) return 1;
  // 2 ** -1075 is 0, so the exponent must not be smaller than -1074.
  return 2 ** Math.max(-1074, Math.floor(Math.log2(value)));
}
