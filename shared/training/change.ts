/** The second question: will the value move at all? Judged by Brier score against two base rates. */
import { featureValues } from "../candidates/encoding.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { type Fold, rowsOf, type Windows } from "../judging/windows.ts";
import type { Point } from "../search/space.ts";
import { auc } from "../stats/auc.ts";
import { brier } from "../stats/brier.ts";
import type { TrainingEffects } from "./contest.ts";
import { joined, searchCandidate } from "./search.ts";

/** Under this name its trials are kept. */
export const changeCandidate = "change";

export interface ChangeJudgement {
  /** `model` where boosting beats each series' own frequency on validation, else `frequency`. */
  readonly source: "model" | "frequency";
  readonly parameters: Point;
  readonly auc: number | null;
  readonly brier: number;
  readonly brierBase: number;
  readonly brierFrequency: number;
  readonly validationBrier: number;
  readonly validationBrierFrequency: number;
}

export interface ChangeTask {
  readonly forecast: Forecast;
  readonly data: Dataset;
  /** 1 where the value moved, one a row of the dataset. */
  readonly events: Float64Array;
  readonly windows: Windows;
  readonly seed: number;
  readonly trialsMax: number | null;
}

/** Searches the change model on validation and looks at the test window once. Null where no trial could be completed. */
export async function judgeChange(task: ChangeTask, effects: TrainingEffects): Promise<ChangeJudgement | null> {
  const { forecast, events, windows, seed, trialsMax } = task;
  const { change } = forecast;
  if (change === null) return null;
  const outcomesOf = (rows: RowRange) => events.subarray(rows.from, rows.to);
  const found = await searchCandidate(
    {
      candidate: changeCandidate,
      learns: "change",
      space: change.space,
      trials: Math.min(change.trials, trialsMax ?? change.trials),
      folds: windows.validation,
      seed,
      loss: (predictions, fold) => brier(outcomesOf(fold.rows), predictions),
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
  const pieces: Float64Array[] = [];
  for (const result of results) {
    if (!result.ok) return null;
    pieces.push(result.predictions);
  }
  const outcomes = outcomesOf(rowsOf(windows.test));
  const validationOutcomes = outcomesOf(rowsOf(windows.validation));
  const validationBrier = brier(validationOutcomes, found.predictions);
  const validationBrierFrequency = brier(validationOutcomes, frequencies(task, windows.validation));
  const isModel = validationBrier < validationBrierFrequency;
  const said = isModel ? joined(pieces) : frequencies(task, windows.test);
  return {
    source: isModel ? "model" : "frequency",
    parameters,
    auc: auc(outcomes, said),
    brier: brier(outcomes, said),
    brierBase: brier(outcomes, baseRates(task, windows.test)),
    brierFrequency: brier(outcomes, frequencies(task, windows.test)),
    validationBrier,
    validationBrierFrequency,
  };
}

/** The share of changes among the rows before each fold, for each of the fold's rows. */
function baseRates({ events }: ChangeTask, folds: readonly Fold[]): Float64Array {
  return joined(folds.map(({ train, rows }) => new Float64Array(rows.to - rows.from).fill(shareOf(events, train))));
}

/** Each series' own share of changes so far; the base rate for one without a past step. */
function frequencies({ data, forecast, events }: ChangeTask, folds: readonly Fold[]): Float64Array {
  return joined(
    folds.map(({ train, rows }) => {
      const base = shareOf(events, train);
      const own = featureValues(data, forecast.change?.frequency ?? "", rows);
      return Float64Array.from(own, (share) => (Number.isNaN(share) ? base : share));
    }),
  );
}

/** Share of the rows where something happened; 0 of no rows. */
export function shareOf(events: Float64Array, { from, to }: RowRange): number {
  let sum = 0;
  for (let row = from; row < to; row++) sum += events[row] ?? 0;
  return to > from ? sum / (to - from) : 0;
}
