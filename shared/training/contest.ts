/** The contest: every candidate is searched on validation, one is chosen there, and all are shown on the test window once. */
import { average, averageParameters } from "../candidates/average.ts";
import { moveOf, valueAfter } from "../candidates/fitted.ts";
import { seasonalNaive } from "../candidates/naive.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { errorBy, errorsOf } from "../judging/score.ts";
import { type Fold, rowsOf, type Windows } from "../judging/windows.ts";
import type { FitProblem } from "../models/fit.ts";
import { isNaive } from "../registry/gate.ts";
import type { Pool, RecipeChoice } from "./job.ts";
import { joined, searchCandidate, type TrialRecord } from "./search.ts";

export interface TrainingEffects {
  readonly pool: Pool;
  /** True once the time for the search is used up. */
  isOver(): boolean;
  onTrial(trial: TrialRecord): void;
  /** What is being done now, for people. */
  onStage(stage: string): void;
  /** Trials of an interrupted run with the same seed and data. */
  readonly earlier?: readonly TrialRecord[];
}

export interface ContestTask {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly windows: Windows;
  readonly seed: number;
  /** Most trials a candidate gets; null for what the forecast declares. */
  readonly trialsMax: number | null;
}

/** Who stood on validation, with what was predicted there. */
export interface Standing {
  readonly name: string;
  readonly recipe: RecipeChoice;
  /** For the validation rows. */
  readonly predictions: Float64Array;
  /** By the forecast's metric; lower is better. */
  readonly error: number;
  readonly seconds: number;
}

/** How many trials a search of this forecast takes at most, the change model's included. */
export function trialsOf(forecast: Forecast, trialsMax: number | null): number {
  const capped = (trials: number, space: object) =>
    Object.keys(space).length === 0 ? 1 : Math.min(trials, trialsMax ?? trials);
  const levels = forecast.candidates.map(({ trials, space }) => capped(trials, space));
  const change = forecast.change === null ? 0 : capped(forecast.change.trials, forecast.change.space);
  return levels.reduce((sum, trials) => sum + trials, change);
}

/** Searches every candidate on the validation folds; best first. Naive is among them where it is declared. */
export async function standValidation(task: ContestTask, effects: TrainingEffects): Promise<Standing[]> {
  const { forecast, data, windows, seed, trialsMax } = task;
  const rows = rowsOf(windows.validation);
  const error = (predictions: Float64Array, at: RowRange) => errorBy(forecast.metric, errorsOf(data, at, predictions));
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
          loss: (predictions, fold) => lossOf(forecast, error(predictions, fold.rows)),
        },
        { ...effects, earlier: (effects.earlier ?? []).filter((trial) => trial.candidate === candidate) },
      ),
    ),
  );
  const single = found
    .filter((one) => one !== null)
    .map(
      (one): Standing => ({
        name: one.candidate,
        recipe: { candidate: one.candidate, parameters: one.parameters },
        predictions: one.predictions,
        error: error(one.predictions, rows),
        seconds: one.seconds,
      }),
    );
  return ranked([...single, ...averaged(task, single, (predictions) => error(predictions, rows))]);
}

/** Fold losses are averaged, so squared errors are kept squared. */
function lossOf(forecast: Forecast, error: number): number {
  return forecast.metric === "rmse" ? error * error : error;
}

/** Best first; who was declared first wins a tie, so that naive does. */
export function ranked(standings: readonly Standing[]): Standing[] {
  return standings
    .map((standing, order) => ({ standing, order }))
    .sort((a, b) => a.standing.error - b.standing.error || a.order - b.order)
    .map(({ standing }) => standing);
}

/** The best of the averages that the forecast asks for; none where too few learned. */
function averaged(
  { forecast, data, windows }: ContestTask,
  standings: readonly Standing[],
  error: (predictions: Float64Array) => number,
): Standing[] {
  const learned = ranked(standings).filter(({ name }) => !isNaive(name) && name !== seasonalNaive.id);
  const averages = forecast.averageOf
    .filter((count) => count <= learned.length)
    .map((count): Standing => {
      const members = learned.slice(0, count);
      const predictions = meanPrediction({ forecast, data }, rowsOf(windows.validation), members);
      return {
        name: average.id,
        recipe: { candidate: average.id, parameters: averageParameters(members.map(({ recipe }) => recipe)) },
        predictions,
        error: error(predictions),
        seconds: members.reduce((sum, { seconds }) => sum + seconds, 0),
      };
    });
  return ranked(averages).slice(0, 1);
}

/** What an average predicts for some rows, from what its members do: their mean on the fitted scale. */
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

export type Refit =
  | { readonly ok: true; readonly predictions: Float64Array; readonly seconds: number }
  | { readonly ok: false; readonly problem: FitProblem };

/** A recipe, refitted at the origin of each fold; predictions for all of their rows. */
export async function refitAt(
  folds: readonly Fold[],
  recipe: RecipeChoice,
  { pool, seed }: { readonly pool: Pool; readonly seed: number },
): Promise<Refit> {
  const results = await Promise.all(
    folds.map(({ train, rows }) => pool.run({ learns: "value", recipe, train, rows, seed, wantsModel: false })),
  );
  const pieces: Float64Array[] = [];
  let seconds = 0;
  for (const result of results) {
    if (!result.ok) return result;
    pieces.push(result.predictions);
    seconds += result.seconds;
  }
  return { ok: true, predictions: joined(pieces), seconds };
}

/** An average out of its members' refits for some rows; the first that failed, where one did. */
export function meanFit(task: Pick<ContestTask, "forecast" | "data">, rows: RowRange, fits: readonly Refit[]): Refit {
  const members: { predictions: Float64Array }[] = [];
  let seconds = 0;
  for (const fit of fits) {
    if (!fit.ok) return fit;
    members.push(fit);
    seconds += fit.seconds;
  }
  return { ok: true, predictions: meanPrediction(task, rows, members), seconds };
}
