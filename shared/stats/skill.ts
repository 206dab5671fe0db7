/**
 * Returns the skill score against the baseline, 1 − error / baseline error. Both errors must be from the same rows.
 *
 * Range: ≤ 1. 1 is perfect, 0 is as good as the baseline, below 0 is worse. Two perfect forecasts give 0. Null if only
 * the baseline is perfect, because the ratio is then undefined. O(1).
 * @see Murphy (1988), "Skill scores based on the mean square error"; Wilks, "Statistical Methods in the
 * Atmospheric Sciences", chapter 8
 * @example skill(8.04, 9.47) // 0.151
 */
export function skill(error: number, baselineError: number): number | null {
  for (const value of [error, baselineError]) {
    if (!(value >= 0 && value < Infinity))
      throw new RangeError(`error is ${value}: expected a finite number, at least 0`);
  }
  if (baselineError > 0) return 1 - error / baselineError;
  return error === 0 ? 0 : null;
}
