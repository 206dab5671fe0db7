import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * Returns the distribution function of Student's t with `df` degrees of freedom, P(T ≤ t). For an upper tail use
 * `studentTCdf(-t, df)`, because 1 − P loses all digits there.
 *
 * `df` > 0, may be fractional. Range: 0 to 1; relative error below 1e-12 for df up to 1e4. Complexity: see `incompleteBeta`.
 * @see Abramowitz and Stegun, 26.7.1; scipy.stats.t.cdf
 * @example studentTCdf(2.228138851964939, 10) // 0.975
 */
export function studentTCdf(t: number, df: number): number {
  if (!(df > 0 && df < Infinity))
    throw new RangeError(`Student's t with ${df} degrees of freedom: expected more than 0`);
  if (Number.isNaN(t)) throw new RangeError("Student's t of NaN: expected a number");
  if (Math.abs(t) === Infinity) return t > 0 ? 1 : 0;
  // Both forms are equal in exact arithmetic. The first one is precise near the middle, the second one in the tail.
  const square = t * t;
  if (square < 1) return 0.5 + (Math.sign(t) * incompleteBeta(square / (df + square), 0.5, df / 2)) / 2;
  const tail = incompleteBeta(df / (df + square), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}
