import { at, type Numbers } from "./numbers.ts";

/**
 * Returns p-values corrected for their number by Holm's step-down method: the smallest is multiplied by n, the next one by n − 1,
 * and so on; none is smaller than the one before it, and none above 1. In the order of the arguments. O(n log n).
 * @see Holm (1979); R p.adjust(p, "holm")
 * @example holm([0.01, 0.04, 0.03]) // [0.03, 0.06, 0.06]
 */
export function holm(pValues: Numbers): number[] {
  const order = Array.from({ length: pValues.length }, (_, i) => i).sort((a, b) => at(pValues, a) - at(pValues, b));
  const corrected = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach((position, rank) => {
    largest = Math.max(largest, Math.min(1, at(pValues, position) * (pValues.length - rank)));
    corrected[position] = largest;
  });
  return corrected;
}
