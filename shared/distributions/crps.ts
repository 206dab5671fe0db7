import { at } from "../stats/numbers.ts";
import type { Distribution } from "./distribution.ts";

/**
 * Returns the continuous ranked probability score, ∫ (F(x) − 1{y ≤ x})² dx, exactly: F is constant between atoms. It equals
 * E|X − y| − ½ E|X − X′|, and |x − y| for a distribution with a single value.
 *
 * `outcome` y is in the unit of the values, and so is the score. Range: ≥ 0. O(n).
 * @see Gneiting and Raftery (2007), equation 21; scoringrules.crps_ensemble
 * @example crps(distributionOf([0, 1], [1, 1]), 1) // 0.25
 */
export function crps({ values, masses }: Distribution, outcome: number): number {
  const last = values.length - 1;
  // Outside the values F − 1{…} is ±1 up to the nearest value.
  let sum = Math.max(0, at(values, 0) - outcome) + Math.max(0, outcome - at(values, last));
  let below = 0;
  // Plain reads: this runs for every row and contender of a training.
  let from = values[0] ?? Number.NaN;
  for (let i = 0; i < last; i++) {
    below += masses[i] ?? Number.NaN;
    const to = values[i + 1] ?? Number.NaN;
    const until = Math.min(to, Math.max(from, outcome));
    sum += (until - from) * below ** 2 + (to - until) * (1 - below) ** 2;
    from = to;
  }
  return sum;
}
