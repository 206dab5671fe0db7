import { mean } from "../stats/mean.ts";
import { median } from "../stats/median.ts";
import type { Trial } from "./space.ts";

export interface MedianPrunerOptions {
  /** Complete trials to wait for before any is pruned: the median of fewer is chance. */
  readonly startupTrials?: number;
  /** Folds that every trial gets: the first ones have seen the least data. */
  readonly warmupFolds?: number;
}

/**
 * Whether to give up on a trial: its mean loss over the folds so far is above the median of what earlier complete
 * trials had after as many folds. Half of what would end in the worse half is not computed to its end.
 *
 * `folds`: the running trial's losses so far, in fold order; `earlier`: all trials before it. A loss that is no number
 * is worse than any. Ask between folds, not after the last. O(trials · (folds + log trials)).
 * @see Golovin et al. (2017), "Google Vizier", section 3.2; optuna.pruners.MedianPruner
 */
export function shouldPrune(
  folds: readonly number[],
  earlier: readonly Trial[],
  { startupTrials = 5, warmupFolds = 1 }: MedianPrunerOptions = {},
): boolean {
  const count = folds.length;
  if (count === 0 || count <= warmupFolds) return false;
  const peers = earlier
    .filter(({ state, folds: losses }) => state === "complete" && losses.length >= count)
    .map((trial) => trial.folds.slice(0, count))
    .filter((losses) => losses.every(Number.isFinite));
  if (peers.length === 0 || peers.length < startupTrials) return false;
  return !folds.every(Number.isFinite) || mean(folds) > median(peers.map(mean));
}
