import { at, checkOutcomes, checkPaired, type Numbers } from "./numbers.ts";

/**
 * Returns the area under the ROC curve, as the Mann–Whitney statistic: the probability that a random event scores above
 * a random non-event, with a tie as one half. Only the order of the scores matters.
 *
 * `outcomes` 0 or 1, `scores` any finite numbers. Range: 0 to 1; 0.5 is no better than chance. Null if all outcomes are
 * equal. O(n log n).
 * @see Hanley and McNeil (1982); sklearn.metrics.roc_auc_score
 * @example auc([0, 1, 1], [0.1, 0.1, 0.7]) // 0.75
 */
export function auc(outcomes: Numbers, scores: Numbers): number | null {
  checkPaired(outcomes, scores);
  checkOutcomes(outcomes);
  const order = Uint32Array.from({ length: scores.length }, (_, i) => i);
  order.sort((a, b) => at(scores, a) - at(scores, b));
  let below = 0;
  let wins = 0;
  for (let start = 0; start < order.length; ) {
    const score = at(scores, at(order, start));
    let events = 0;
    let end = start;
    for (; end < order.length && at(scores, at(order, end)) === score; end++) events += at(outcomes, at(order, end));
    const nonEvents = end - start - events;
    wins += events * (below + nonEvents / 2);
    below += nonEvents;
    start = end;
  }
  const pairs = below * (outcomes.length - below);
  return pairs === 0 ? null : wins / pairs;
}
