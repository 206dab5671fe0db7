/**
 * Skill score against the naive forecast, 1 − error / naive error, both on the same rows.
 *
 * Range: ≤ 1. 1 is perfect, 0 is as good as naive, below 0 is worse than naive. Two perfect forecasts are equally
 * good: 0. Where naive alone is perfect the ratio has no value: null, to be told in words. O(1).
 * @see Murphy (1988), "Skill scores based on the mean square error"; Wilks, "Statistical Methods in the
 * Atmospheric Sciences", chapter 8
 * @example skill(8.04, 9.47) // 0.151
 */
export function skill(error: number, naiveError: number): number | null {
  for (const value of [error, naiveError]) {
    if (!(value >= 0 && value < Infinity)) throw new RangeError(`error ${value}: expected a finite number from 0`);
  }
  if (naiveError > 0) return 1 - error / naiveError;
  return error === 0 ? 0 : null;
}
