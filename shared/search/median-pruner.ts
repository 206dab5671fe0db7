import { mean } from "../stats/mean.ts";
import { median } from "../stats/median.ts";
import type { Trial } from "./space.ts";

export interface MedianPrunerOptions {
  /** Complete trials that are needed before any trial is pruned. The median of fewer trials is unreliable. */
  readonly startupTrials?: number;
  /** Folds that every trial runs. The first folds have the least training data, so their losses are unreliable. */
  readonly warmupFolds?: number;
}

const startupTrialsUsual = 5;
const warmupFoldsUsual = 1;

/** Returns the number of folds, of `total`, that a trial runs in any case. They can run at the same time. */
export function certainFolds(
  earlier: readonly Trial[],
  total: number,
  { startupTrials = startupTrialsUsual, warmupFolds = warmupFoldsUsual }: MedianPrunerOptions = {},
): number {
  const complete = earlier.filter(({ state }) => state === "complete").length;
  return complete < Math.max(1, startupTrials) ? total : Math.min(total, Math.max(1, warmupFolds + 1));
}

/**
 * Returns whether to stop a trial early: whether its mean loss so far is above the median loss of earlier complete trials
 * after the same number of folds.
 *
 * `folds`: the losses of the running trial so far, in fold order. `earlier`: all trials before it. A loss that is not
 * finite counts as the worst. Call it between folds, not after the last. O(trials · (folds + log trials)).
 * @see Golovin et al. (2017), "Google Vizier", section 3.2; optuna.pruners.MedianPruner
 */
export function shouldPrune(
  folds: readonly number[],
  earlier: readonly Trial[],
  { startupTrials = startupTrialsUsual, warmupFolds = warmupFoldsUsual }: MedianPrunerOptions = {},
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
