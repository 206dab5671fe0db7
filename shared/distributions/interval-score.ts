import { meanOf } from "../stats/mean.ts";
import { at, type Numbers } from "../stats/numbers.ts";
import type { CentralInterval } from "./summary.ts";

/** The levels of the intervals in the weighted interval score. */
export const wisLevels = [0.5, 0.8, 0.95] as const;

/**
 * Returns the interval score of a central interval: its width, plus 2/α times the distance of an outcome outside, α = 1 − level.
 *
 * In the outcome's unit. Range: ≥ 0. O(1).
 * @see Gneiting and Raftery (2007), equation 43; scoringutils::interval_score; scoringrules.interval_score
 */
export function intervalScore({ level, low, high }: CentralInterval, outcome: number): number {
  const alpha = 1 - level;
  const outside = Math.max(low - outcome, 0) + Math.max(outcome - high, 0);
  return high - low + (2 / alpha) * outside;
}

/**
 * Returns the weighted interval score of a median and K central intervals: (½|y − median| + Σ α/2 · interval score) ÷ (K + ½).
 * It is twice the mean pinball loss of the 2K + 1 quantiles, and approaches the CRPS with more intervals.
 *
 * In the outcome's unit. Range: ≥ 0. O(K).
 * @see Bracher et al. (2021), https://doi.org/10.1371/journal.pcbi.1008618; scoringutils::wis
 */
export function weightedIntervalScore(
  { median, intervals }: { readonly median: number; readonly intervals: readonly CentralInterval[] },
  outcome: number,
): number {
  const weighted = intervals.map((interval) => ((1 - interval.level) / 2) * intervalScore(interval, outcome));
  const sum = weighted.reduce((total, score) => total + score, Math.abs(outcome - median) / 2);
  return sum / (intervals.length + 0.5);
}

/**
 * Returns the pinball loss of a quantile: level × (y − q) if the outcome y is above q, else (1 − level) × (q − y).
 *
 * In the outcome's unit. Range: ≥ 0. O(1).
 * @see sklearn.metrics.mean_pinball_loss; scoringrules.quantile_score
 */
export function pinballLoss(level: number, quantile: number, outcome: number): number {
  const error = outcome - quantile;
  return error >= 0 ? level * error : (level - 1) * error;
}

/** The seven levels of the mean pinball loss: the median and the ends of the intervals of the weighted interval score. */
export const pinballLevels = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975] as const;

/** Returns the mean pinball loss of quantiles, one per level. O(levels). */
export function meanPinballLoss(levels: readonly number[], quantiles: Numbers, outcome: number): number {
  return meanOf(levels.length, (i) => pinballLoss(at(levels, i), at(quantiles, i), outcome));
}
