import { mean, meanOf } from "./mean.ts";
import { at, type Numbers } from "./numbers.ts";
import { studentTCdf } from "./student-t.ts";

export interface DieboldMariano {
  /** Small where the challenger's advantage is more than chance; 1 where the variance says nothing. */
  readonly pValue: number;
  /** The corrected statistic, to be read with `periods` − 1 degrees of freedom; null where there is none. */
  readonly statistic: number | null;
  /** Mean loss difference, in units of the loss. */
  readonly meanDifference: number;
  readonly periods: number;
}

/**
 * Diebold–Mariano test, one-sided: does the challenger lose less than the incumbent, beyond chance? With the
 * small-sample correction of Harvey, Leybourne and Newbold, and Student's t.
 *
 * `differences`: incumbent's loss − challenger's loss, one a period, in time order; a panel is averaged within each
 * period first, for its rows share their shocks. Above 0 speaks for the challenger; negate them to ask whether the
 * challenger is worse. `horizon` h ≥ 1 in periods: forecasts h ahead overlap, so h − 1 autocovariances count.
 * Range of p: 0 to 1. Zero variance, a negative variance estimate (possible for h > 1) and no more than h periods
 * give p = 1: no ground to replace anything. O(n · h).
 * @see Harvey, Leybourne, Newbold (1997), "Testing the equality of prediction mean squared errors"; R forecast::dm.test
 * @example dieboldMariano([0, 3, 5, 0, 9, 11]).pValue // 0.0276
 */
export function dieboldMariano(differences: Numbers, horizon = 1): DieboldMariano {
  if (!(Number.isInteger(horizon) && horizon >= 1)) {
    throw new RangeError(`horizon ${horizon}: expected a whole number of periods from 1`);
  }
  const periods = differences.length;
  const meanDifference = mean(differences);
  // The statistic has no unit. A power of two changes no digit, and squares of losses near 1e-158 do not underflow.
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

/** γ₀ + 2(γ₁ + … + γₕ₋₁) with γₖ the autocovariance at lag k, divided by n. */
function longRunVariance(differences: Numbers, center: number, horizon: number): number {
  const count = differences.length;
  let sum = 0;
  for (let lag = 0; lag < Math.min(horizon, count); lag++) {
    const products = meanOf(count - lag, (i) => (at(differences, i) - center) * (at(differences, i + lag) - center));
    sum += ((lag === 0 ? 1 : 2) * products * (count - lag)) / count;
  }
  return sum;
}

/** What rounding alone leaves of a zero variance: ten equal differences of 0.1 have a mean that is not quite 0.1. */
function roundingVariance(differences: Numbers): number {
  return (largestOf(differences) * Number.EPSILON) ** 2 * differences.length;
}

function largestOf(differences: Numbers): number {
  let largest = 0;
  for (let i = 0; i < differences.length; i++) largest = Math.max(largest, Math.abs(at(differences, i)));
  return largest;
}

/** The largest power of two that is not above a positive number; 1 for 0 and for what is not finite. */
function powerOfTwoNear(value: number): number {
  if (!(value > 0 && Number.isFinite(value))) return 1;
  // The logarithm may round up at a power of two, and 2 ** -1075 is 0.
  return 2 ** Math.max(-1074, Math.floor(Math.log2(value)));
}
