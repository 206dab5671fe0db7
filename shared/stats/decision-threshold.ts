import { at, checkOutcomes, checkPaired, checkProbabilities, type Numbers } from "./numbers.ts";

/** The default threshold. */
const EVEN = 0.5;

/**
 * Returns the threshold that maximises balanced accuracy on these rows; a probability at or above it is predicted as an
 * event. Of equally good thresholds the nearest to 0.5 wins. Tries 0.5 and one threshold between neighbouring probabilities.
 *
 * `outcomes` 0 or 1, `probabilities` 0 to 1. Range: 0 to 1; 0.5 where one class is missing. O(n log n).
 * @example decisionThreshold([0, 0, 1, 1], [0.6, 0.7, 0.8, 0.9]) // 0.75
 */
export function decisionThreshold(outcomes: Numbers, probabilities: Numbers): number {
  checkPaired(outcomes, probabilities);
  checkOutcomes(outcomes);
  checkProbabilities(probabilities);
  const order = Uint32Array.from({ length: outcomes.length }, (_, i) => i);
  order.sort((a, b) => at(probabilities, a) - at(probabilities, b));
  let events = 0;
  for (let i = 0; i < outcomes.length; i++) events += at(outcomes, i);
  const others = outcomes.length - events;
  let best = { threshold: EVEN, accuracy: Number.NEGATIVE_INFINITY };
  let [eventsBelow, othersBelow] = [0, 0];
  const consider = (low: number, high: number) => {
    // Balanced accuracy × 2 × events × others: a whole number, so that ties compare as equal.
    const accuracy = (events - eventsBelow) * others + othersBelow * events;
    const threshold = low < EVEN && EVEN <= high ? EVEN : between(low, high);
    const isNearer = Math.abs(threshold - EVEN) < Math.abs(best.threshold - EVEN);
    if (accuracy > best.accuracy || (accuracy === best.accuracy && isNearer)) best = { threshold, accuracy };
  };
  for (let i = 0; i < order.length; i++) {
    const [low, high] = [
      at(probabilities, at(order, i)),
      i + 1 < order.length ? at(probabilities, at(order, i + 1)) : 1,
    ];
    const outcome = at(outcomes, at(order, i));
    if (i === 0) consider(Number.NEGATIVE_INFINITY, low);
    eventsBelow += outcome;
    othersBelow += 1 - outcome;
    if (low < high) consider(low, high);
  }
  return events === 0 || others === 0 ? EVEN : best.threshold;
}

/** Returns the shortest decimal near the middle of (low, high]. More digits would only be harder to read. */
function between(low: number, high: number): number {
  if (low === Number.NEGATIVE_INFINITY) return high;
  const middle = low + (high - low) / 2;
  for (let power = 10; power <= 1e8; power *= 10) {
    const rounded = Math.round(middle * power) / power;
    if (rounded > low && rounded < high) return rounded;
  }
  return high;
}
