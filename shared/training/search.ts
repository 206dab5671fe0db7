/** Searches the parameters of a candidate by their loss on the validation folds. The list of trials is the whole state. */

import { joinPredicted, type Predicted } from "../judging/predicted.ts";
import type { Fold } from "../judging/windows.ts";
import { sha256Hex } from "../lib/hash.ts";
import { createRandom } from "../models/random.ts";
import { certainFolds, shouldPrune } from "../search/median-pruner.ts";
import type { SearchPoint, Space, Trial } from "../search/space.ts";
import { suggest } from "../search/tpe.ts";
import type { Job, Pool } from "./job.ts";

/** A recorded trial. */
export interface TrialRecord extends Trial {
  readonly candidate: string;
  readonly number: number;
  readonly seconds: number;
  /** Why it failed; null if it did not. */
  readonly problem: string | null;
}

/** The best trial, with its predictions for the validation rows. */
export interface Found extends Predicted {
  readonly candidate: string;
  readonly parameters: SearchPoint;
  /** Mean loss over the validation folds. */
  readonly loss: number;
  readonly seconds: number;
}

export interface SearchTask {
  readonly candidate: string;
  readonly learns: Job["learns"];
  readonly space: Space;
  readonly trials: number;
  readonly folds: readonly Fold[];
  readonly seed: number;
  /** Returns the mean loss of a fold's predictions. */
  loss(predicted: Predicted, fold: Fold): number;
}

export interface SearchEffects {
  readonly pool: Pool;
  /** Returns true once no further trial may start. The first trial of a candidate always starts. */
  isOver(): boolean;
  onTrial(trial: TrialRecord): void;
  /** Trials of an interrupted search with the same seed. They are not run again. */
  readonly earlier?: readonly TrialRecord[];
}

/**
 * Returns the best trial of a candidate, or null if none was completed; the trials have the reasons. Deterministic: trials
 * run one after the other, each seeded by the search's seed, the candidate and the trial's number.
 */
export async function searchCandidate(task: SearchTask, effects: SearchEffects): Promise<Found | null> {
  const trials = trialsBeforeGap(effects.earlier ?? []);
  let best: Found | null = null;
  const hasParameters = Object.keys(task.space).length > 0;
  for (let number = 0; number < (hasParameters ? task.trials : 1); number++) {
    const known = trials[number];
    if (known !== undefined && !isBestYet(known, best)) continue;
    if (number > 0 && known === undefined && effects.isOver()) break;
    const parameters = known?.parameters ?? suggest(task.space, trials.slice(0, number), randomOf(task, number));
    const run = await runTrial(task, effects.pool, { parameters, earlier: trials.slice(0, number) });
    if (known === undefined) {
      const { folds, state, seconds, problem } = run;
      const trial = { candidate: task.candidate, number, parameters, folds, state, seconds, problem };
      trials.push(trial);
      effects.onTrial(trial);
    }
    if (run.state === "complete" && (best === null || run.loss < best.loss)) {
      const { loss, predictions, changes, seconds } = run;
      best = { candidate: task.candidate, parameters, loss, predictions, changes, seconds };
    }
  }
  return best;
}

/** Returns the trials in order, up to the first missing one. Later trials depend on the missing one, so they are run again. */
function trialsBeforeGap(earlier: readonly TrialRecord[]): TrialRecord[] {
  const sorted = [...earlier].sort((a, b) => a.number - b.number);
  const gap = sorted.findIndex(({ number }, index) => number !== index);
  return gap < 0 ? sorted : sorted.slice(0, gap);
}

/** Returns true if a recorded trial is the best so far. It is run again for its predictions, which are not recorded. */
function isBestYet(trial: TrialRecord, best: Found | null): boolean {
  return trial.state === "complete" && (best === null || meanOf(trial.folds) < best.loss);
}

/** Returns the random stream of a candidate and trial. Each has its own, so that a search can be resumed. */
function randomOf({ candidate, learns, seed }: SearchTask, number: number): () => number {
  const random = createRandom(Number.parseInt(sha256Hex(`${seed} ${learns} ${candidate} ${number}`).slice(0, 8), 16));
  return () => random.uniform();
}

interface Run extends Predicted {
  readonly folds: number[];
  readonly state: Trial["state"];
  readonly loss: number;
  readonly seconds: number;
  readonly problem: string | null;
}

async function runTrial(
  task: SearchTask,
  pool: Pool,
  { parameters, earlier }: { readonly parameters: SearchPoint; readonly earlier: readonly Trial[] },
): Promise<Run> {
  const folds: number[] = [];
  const pieces: Predicted[] = [];
  let seconds = 0;
  const end = (state: Trial["state"], problem: string | null): Run => ({
    folds,
    state,
    loss: meanOf(folds),
    ...joinPredicted(pieces),
    seconds,
    problem,
  });
  const recipe = { candidate: task.candidate, parameters };
  const { learns, seed } = task;
  const run = ({ train, rows }: Fold) => pool.run({ learns, recipe, train, rows, seed, wantsModel: false });
  const certain = await Promise.all(task.folds.slice(0, certainFolds(earlier, task.folds.length)).map(run));
  for (const [number, fold] of task.folds.entries()) {
    if (shouldPrune(folds, earlier)) return end("pruned", null);
    const result = certain[number] ?? (await run(fold));
    if (!result.ok) return end("failed", JSON.stringify(result.error));
    folds.push(task.loss(result.value, fold));
    pieces.push(result.value);
    seconds += result.value.seconds;
  }
  return end("complete", null);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
