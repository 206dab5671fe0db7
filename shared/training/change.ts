/** The change model: predicts whether the value changes. It is compared with two base rates by Brier score. */
import { featureValues } from "../candidates/encoding.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { joinPredicted, type Predicted } from "../judging/predicted.ts";
import { type Fold, rowsOf, type Windows } from "../judging/windows.ts";
import type { SearchPoint } from "../search/space.ts";
import { auc } from "../stats/auc.ts";
import { brier } from "../stats/brier.ts";
import type { TrainingEffects } from "./contest.ts";
import { searchCandidate } from "./search.ts";

/** Candidate name of its trials. */
export const changeCandidate = "change";

export interface ChangeJudgement {
  /** `model` if boosting is better than each series' own frequency on validation, else `frequency`. */
  readonly source: "model" | "frequency";
  readonly parameters: SearchPoint;
  readonly auc: number | null;
  readonly brier: number;
  readonly brierBase: number;
  readonly brierFrequency: number;
  readonly validationBrier: number;
  readonly validationBrierFrequency: number;
}

/** What the probabilities of a change are compared with. */
export interface ChangeEvents {
  readonly forecast: Forecast;
  readonly data: Dataset;
  /** 1 if the value changed, one per row of the dataset. */
  readonly events: Float64Array;
  readonly windows: Windows;
}

export interface ChangeTask extends ChangeEvents {
  readonly seed: number;
  readonly trialsMax: number | null;
}

/** Searches the change model on validation and scores it on the test window once. Returns null if no trial was completed. */
export async function judgeChange(task: ChangeTask, effects: TrainingEffects): Promise<ChangeJudgement | null> {
  const { forecast, events, windows, seed, trialsMax } = task;
  const { change } = forecast;
  if (change === null) return null;
  const found = await searchCandidate(
    {
      candidate: changeCandidate,
      learns: "change",
      space: change.space,
      trials: Math.min(change.trials, trialsMax ?? change.trials),
      folds: windows.validation,
      seed,
      loss: ({ predictions }, { rows }) => brier(events.subarray(rows.from, rows.to), predictions),
    },
    { ...effects, earlier: (effects.earlier ?? []).filter(({ candidate }) => candidate === changeCandidate) },
  );
  if (found === null) return null;
  const { parameters } = found;
  const recipe = { candidate: changeCandidate, parameters };
  const results = await Promise.all(
    windows.test.map(({ train, rows }) =>
      effects.pool.run({ learns: "change", recipe, train, rows, seed, wantsModel: false }),
    ),
  );
  const pieces: Predicted[] = [];
  for (const result of results) {
    if (!result.ok) return null;
    pieces.push(result.value);
  }
  const test = joinPredicted(pieces).predictions;
  return changeScores(task, { parameters, validation: found.predictions, test });
}

interface ChangeProbabilities {
  readonly parameters: SearchPoint;
  readonly validation: ArrayLike<number>;
  readonly test: ArrayLike<number>;
}

/** Scores probabilities of a change. On validation the frequency of each series may be better, and is then the source. */
export function changeScores(
  task: ChangeEvents,
  { parameters, validation, test }: ChangeProbabilities,
): ChangeJudgement {
  const { events, windows } = task;
  const outcomesOf = ({ from, to }: RowRange) => events.subarray(from, to);
  const outcomes = outcomesOf(rowsOf(windows.test));
  const validationOutcomes = outcomesOf(rowsOf(windows.validation));
  const validationBrier = brier(validationOutcomes, Float64Array.from(validation));
  const validationBrierFrequency = brier(validationOutcomes, frequencies(task, windows.validation));
  const isModel = validationBrier < validationBrierFrequency;
  const probabilities = isModel ? Float64Array.from(test) : frequencies(task, windows.test);
  return {
    source: isModel ? "model" : "frequency",
    parameters,
    auc: auc(outcomes, probabilities),
    brier: brier(outcomes, probabilities),
    brierBase: brier(outcomes, baseRates(task, windows.test)),
    brierFrequency: brier(outcomes, frequencies(task, windows.test)),
    validationBrier,
    validationBrierFrequency,
  };
}

/** Returns the share of changes in the training rows of each fold, for each row of the fold. */
function baseRates({ events }: ChangeEvents, folds: readonly Fold[]): Float64Array {
  return Float64Array.from(
    folds.flatMap(({ train, rows }) => new Array<number>(rows.to - rows.from).fill(shareOf(events, train))),
  );
}

/** Returns each series' own share of changes so far, or the base rate for a series without a past step. */
function frequencies({ data, forecast, events }: ChangeEvents, folds: readonly Fold[]): Float64Array {
  return Float64Array.from(
    folds.flatMap(({ train, rows }) => {
      const base = shareOf(events, train);
      const own = featureValues(data, forecast.change?.frequency ?? "", rows);
      return Array.from(own, (share) => (Number.isNaN(share) ? base : share));
    }),
  );
}

/** Returns the share of events among the rows; 0 without rows. */
export function shareOf(events: Float64Array, { from, to }: RowRange): number {
  let sum = 0;
  for (let row = from; row < to; row++) sum += events[row] ?? 0;
  return to > from ? sum / (to - from) : 0;
}
