import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * Distribution function of Student's t with `df` degrees of freedom, P(T ≤ t). For an upper tail ask for
 * `studentTCdf(-t, df)`: 1 − P loses every digit there.
 *
 * `df` > 0, also fractional. Range: 0 to 1; relative error below 1e-12 for df up to 1e4. Cost: see `incompleteBeta`.
 * @see Abramowitz and Stegun, 26.7.1; scipy.stats.t.cdf
 * @example studentTCdf(2.228138851964939, 10) // 0.975
 */
export function studentTCdf(t: number, df: number): number {
  if (!(df > 0 && df < Infinity))
    throw new RangeError(`Student's t with ${df} degrees of freedom: expected more than 0`);
  if (Number.isNaN(t)) throw new RangeError("Student's t at NaN: expected a number");
  if (Math.abs(t) === Infinity) return t > 0 ? 1 : 0;
  // Both forms are the same number: this one keeps its digits near the middle, the other one in the tail.
  const square = t * t;
  if (square < 1) return 0.5 + (Math.sign(t) * incompleteBeta(square / (df + square), 0.5, df / 2)) / 2;
  const tail = incompleteBeta(df / (df + square), df / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}
