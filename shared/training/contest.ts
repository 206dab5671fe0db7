/** The contest: searches every candidate on validation and ranks the results. The best is selected before the test window is used. */

import { average, averageParameters } from "../candidates/average.ts";
import { changes } from "../candidates/changes.ts";
import { moveOf, valueAfter } from "../candidates/fitted.ts";
import { seasonalNaive } from "../candidates/naive.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { joinPredicted, type Predicted } from "../judging/predicted.ts";
import {
  errorOf,
  type RowPredictions,
  type Scored,
  type Scoring,
  scoredByOwnErrors,
  withLosses,
} from "../judging/scoring.ts";
import { type Fold, rowsOf, type Windows } from "../judging/windows.ts";
import { success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { isNaive } from "../registry/gate.ts";
import type { Pool, RecipeChoice } from "./job.ts";
import { searchCandidate, type TrialRecord } from "./search.ts";

export interface TrainingEffects {
  readonly pool: Pool;
  /** True once the time for the search is used up. */
  isOver(): boolean;
  onTrial(trial: TrialRecord): void;
  /** Reports the current stage, for people. */
  onStage(stage: string): void;
  /** Trials of an interrupted run with the same seed and data. */
  readonly earlier?: readonly TrialRecord[];
}

export interface ContestTask {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly windows: Windows;
  readonly seed: number;
  /** Maximum number of trials per candidate; null for the number that the forecast declares. */
  readonly trialsMax: number | null;
}

/** The result of a recipe on validation. */
export interface ValidationResult {
  readonly name: string;
  readonly recipe: RecipeChoice;
  /** Predictions for the validation rows with their losses. */
  readonly validation: Scored;
  /** By the forecast's metric; lower is better. */
  readonly error: number;
  readonly seconds: number;
}

/** Returns whether the forecast has a candidate whose distribution contains the probability of a change. */
export function predictsChanges({ candidates }: Pick<Forecast, "candidates">): boolean {
  return candidates.some(({ candidate }) => candidate === changes.id);
}

/** Returns the maximum number of trials of a search, including those of the change model. */
export function trialsOf(forecast: Forecast, trialsMax: number | null): number {
  const capped = (trials: number, space: object) =>
    Object.keys(space).length === 0 ? 1 : Math.min(trials, trialsMax ?? trials);
  const levels = forecast.candidates.map(({ trials, space }) => capped(trials, space));
  const hasNoModel = forecast.change === null || predictsChanges(forecast);
  const change = hasNoModel ? 0 : capped(forecast.change?.trials ?? 0, forecast.change?.space ?? {});
  return levels.reduce((sum, trials) => sum + trials, change);
}

/** Searches every candidate on the validation folds, including the declared baselines. Returns the best first. */
export async function searchOnValidation(task: ContestTask, effects: TrainingEffects): Promise<ValidationResult[]> {
  const { forecast, data, windows, seed, trialsMax } = task;
  const scoring = { forecast, data };
  const rows = rowsOf(windows.validation);
  const found = await Promise.all(
    forecast.candidates.map(({ candidate, space, trials }) =>
      searchCandidate(
        {
          candidate,
          learns: "value",
          space,
          trials: Math.min(trials, trialsMax ?? trials),
          folds: windows.validation,
          seed,
          loss: (predicted, fold) => meanLoss(scoring, { ...predicted, rows: fold.rows }),
        },
        { ...effects, earlier: (effects.earlier ?? []).filter((trial) => trial.candidate === candidate) },
      ),
    ),
  );
  const single = found
    .filter((best) => best !== null)
    .map(
      ({ candidate, parameters, predictions, changes, seconds }): ValidationResult =>
        validated(
          scoring,
          { predictions, changes, rows },
          { name: candidate, recipe: { candidate, parameters }, seconds },
        ),
    );
  return ranked([...single, ...averaged(task, single)]);
}

/** Scores the validation predictions of a recipe. */
export function validated(
  scoring: Scoring,
  predicted: RowPredictions,
  of: Pick<ValidationResult, "name" | "recipe" | "seconds">,
): ValidationResult {
  const validation = scoredByOwnErrors(scoring, predicted);
  return { ...of, validation, error: errorOf(scoring.forecast.metric, validation.losses) };
}

/** Returns the mean loss of a fold. A trial is ranked by the forecast's metric, as contenders are. */
function meanLoss(scoring: Scoring, predicted: RowPredictions): number {
  const { losses } =
    scoring.forecast.metric === "crps" ? scoredByOwnErrors(scoring, predicted) : withLosses(scoring, predicted, null);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/** Sorts results, best first. The one declared first wins a tie, so that a baseline wins it. */
export function ranked(results: readonly ValidationResult[]): ValidationResult[] {
  return results
    .map((result, order) => ({ result, order }))
    .sort((a, b) => a.result.error - b.result.error || a.order - b.order)
    .map(({ result }) => result);
}

/** Returns the best of the averages that the forecast declares; empty if too few candidates learned. */
function averaged({ forecast, data, windows }: ContestTask, results: readonly ValidationResult[]): ValidationResult[] {
  // An average has one number per row, so a candidate that predicts a distribution is not a member.
  const isMember = ({ name }: ValidationResult) => !isNaive(name) && name !== seasonalNaive.id && name !== changes.id;
  const learned = ranked(results).filter(isMember);
  const averages = forecast.averageOf
    .filter((count) => count <= learned.length)
    .map((count): ValidationResult => {
      const members = learned.slice(0, count);
      const rows = rowsOf(windows.validation);
      const predictions = meanPrediction(
        { forecast, data },
        rows,
        members.map(({ validation }) => validation),
      );
      return validated(
        { forecast, data },
        { predictions, changes: null, rows },
        {
          name: average.id,
          recipe: { candidate: average.id, parameters: averageParameters(members.map(({ recipe }) => recipe)) },
          seconds: members.reduce((sum, { seconds }) => sum + seconds, 0),
        },
      );
    });
  return ranked(averages).slice(0, 1);
}

/** Returns the predictions of an average: the mean of its members on the fitted scale. */
function meanPrediction(
  { forecast, data }: Pick<ContestTask, "forecast" | "data">,
  rows: RowRange,
  members: readonly { readonly predictions: Float64Array }[],
): Float64Array {
  const { transform } = forecast.target;
  return new Float64Array(rows.to - rows.from).map((_, row) => {
    const from = data.last[rows.from + row] ?? Number.NaN;
    const moves = members.map(({ predictions }) => moveOf(transform, predictions[row] ?? Number.NaN, from));
    return valueAfter(transform, moves.reduce((sum, move) => sum + move, 0) / members.length, from);
  });
}

export interface RefitOutput extends Predicted {
  readonly seconds: number;
}

export type Refit = Fit<RefitOutput>;

/** Refits a recipe at the origin of each fold and predicts the rows of all folds. */
export async function refitAt(
  folds: readonly Fold[],
  recipe: RecipeChoice,
  { pool, seed }: { readonly pool: Pool; readonly seed: number },
): Promise<Refit> {
  const results = await Promise.all(
    folds.map(({ train, rows }) => pool.run({ learns: "value", recipe, train, rows, seed, wantsModel: false })),
  );
  const pieces: Predicted[] = [];
  let seconds = 0;
  for (const result of results) {
    if (!result.ok) return result;
    pieces.push(result.value);
    seconds += result.value.seconds;
  }
  return success({ ...joinPredicted(pieces), seconds });
}

/** Returns the average of its members' refits for some rows, or the first refit that failed. */
export function meanFit(task: Pick<ContestTask, "forecast" | "data">, rows: RowRange, fits: readonly Refit[]): Refit {
  const members: { predictions: Float64Array }[] = [];
  let seconds = 0;
  for (const fit of fits) {
    if (!fit.ok) return fit;
    members.push(fit.value);
    seconds += fit.value.seconds;
  }
  return success({ predictions: meanPrediction(task, rows, members), changes: null, seconds });
}
