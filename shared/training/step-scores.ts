/** The distribution of each contender on the test window, and its scores. Does not take part in the selection. */
import type { Distribution } from "../distributions/distribution.ts";
import { rowDistribution } from "../distributions/form.ts";
import { shapeOf } from "../distributions/location-scale.ts";
import type { ShrinkageWeights } from "../distributions/shrinkage.ts";
import type { Dataset } from "../features/dataset.ts";
import { dimensionOf } from "../features/feature.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { PredictedRows } from "../judging/classification.ts";
import { type OwnChangesOptions, ownChangeDistributions, searchWeights } from "../judging/own-changes.ts";
import { groupsOf } from "../judging/row-changes.ts";
import { errorsOf, type IntervalOptions, missesOf, residualsOf } from "../judging/score.ts";
import { type DistributionScores, scoresOf } from "../judging/step-scores.ts";
import { isNaive } from "../registry/gate.ts";
import { intervalOptions } from "./evidence.ts";
import type { Judgement } from "./judge.ts";

/** The scores of a contender for one step. */
export interface StepScores extends DistributionScores {
  /** Number of periods ahead. */
  readonly step: number;
  /**
   * The source of the distribution. `own-changes`: the series' own past changes, shrunk to its group and to all. `location-scale`:
   * the point prediction and its scaled errors on validation. `intervals`: the point prediction and its conformal intervals.
   */
  readonly from: "own-changes" | "location-scale" | "intervals";
  /** The weights of `own-changes`, found on validation; else null. */
  readonly weights: ShrinkageWeights | null;
}

interface Context {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly options: IntervalOptions;
  readonly decimals: number;
  readonly positive: boolean;
}

/** The predictions of a contender. Intervals and shapes are learned from validation. */
export interface Predictions {
  readonly validation: PredictedRows;
  readonly test: PredictedRows;
}

/**
 * Returns the scores of each contender by name; empty for a classification. If the forecast declares the distribution of
 * changes, the baseline has its own: it is not scored as a bare point.
 */
export function stepScoresOf(forecast: Forecast, data: Dataset, judgement: Judgement): Map<string, StepScores[]> {
  if (forecast.task === "classification") return new Map();
  const { distribution, target } = forecast;
  const context: Context = {
    forecast,
    data,
    options: intervalOptions(forecast, data),
    decimals: target.decimals,
    positive: distribution?.positive ?? false,
  };
  return new Map(
    judgement.contenders.flatMap(({ name, candidate }): [string, StepScores[]][] => {
      const predictions = judgement.predictionsFor(name);
      if (predictions === null) return [];
      const isBaseline = isNaive(candidate) && distribution?.kind === "changes";
      return [[name, [isBaseline ? baselineScores(context, predictions) : pointScores(context, predictions)]]];
    }),
  );
}

function baselineScores(
  { forecast, data, decimals, positive }: Context,
  { validation, test }: Predictions,
): StepScores {
  const { distribution, features } = forecast;
  if (distribution?.kind !== "changes") throw new RangeError("the forecast does not declare a distribution of changes");
  const names = distribution.group.map(
    (dimension) => features.find((feature) => dimensionOf(feature) === dimension)?.name ?? dimension,
  );
  const options: OwnChangesOptions = {
    groupOf: groupsOf(data, names),
    window: distribution.window,
    decimals,
    positive,
  };
  const weights = searchWeights(data, validation.rows, options);
  const distributions = ownChangeDistributions(data, test.rows, { weights, options });
  return {
    step: data.step,
    from: "own-changes",
    weights,
    ...scoresOf(data, test.rows, { distributions, decimals }),
  };
}

function pointScores(context: Context, { validation, test }: Predictions): StepScores {
  const { forecast, data, decimals } = context;
  const { step } = data;
  if (!forecast.intervals.holdLast) {
    const distributions = scaledDistributions(context, validation, test);
    return { step, from: "location-scale", weights: null, ...scoresOf(data, test.rows, { distributions, decimals }) };
  }
  const distributions = heldDistributions(context, validation, test);
  const scores = scoresOf(data, test.rows, { distributions, decimals });
  // Intervals that hold the last value say neither what the mean is nor how probable a change is.
  const { rmse } = errorsOf(data, test.rows, test.predictions);
  return { step, from: "intervals", weights: null, ...scores, rmse, probabilities: null };
}

/** Returns the distributions behind the conformal intervals that hold the last value. */
function heldDistributions(context: Context, validation: PredictedRows, test: PredictedRows): Distribution[] {
  const { data, options } = context;
  const errors = missesOf(data, validation.rows, { predictions: validation.predictions, holdLast: true });
  const scaled = errors.map((miss, i) => Math.abs(miss) / scaleAt(options, validation.rows.from + i));
  return distributionsOf(context, { kind: "symmetric", shape: shapeOf(scaled) }, test);
}

/** Returns the point predictions with their scaled errors on validation. */
function scaledDistributions(context: Context, validation: PredictedRows, test: PredictedRows): Distribution[] {
  const { data, options } = context;
  const errors = residualsOf(data, validation.rows, validation.predictions);
  const scaled = errors.map((error, i) => error / scaleAt(options, validation.rows.from + i));
  return distributionsOf(context, { kind: "location-scale", shape: shapeOf(scaled) }, test);
}

function distributionsOf(
  { forecast, data, options, decimals, positive }: Context,
  form: { readonly kind: "location-scale" | "symmetric"; readonly shape: readonly number[] },
  { rows, predictions }: PredictedRows,
): Distribution[] {
  const distributionOfRow = rowDistribution({ ...form, scaledBy: forecast.intervals.scaledBy, positive }, decimals);
  return Array.from(predictions, (prediction, i) => {
    const row = rows.from + i;
    const last = data.last[row] ?? Number.NaN;
    return distributionOfRow({ last, prediction, scale: scaleAt(options, row), changes: null, masses: null });
  });
}

function scaleAt({ scales }: IntervalOptions, row: number): number {
  return scales?.[row] ?? 1;
}
