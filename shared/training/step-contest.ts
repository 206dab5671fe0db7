/** Judges the baselines of every step, for the series and for each group of series: a row for each contender and step. */
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { errorsOf } from "../judging/score.ts";
import { baselineDistributions, chooseBaseline, type StepBaseline } from "../judging/step-baselines.ts";
import { pointPredictions, type StepPoint } from "../judging/step-points.ts";
import { type DistributionScores, scoresOf } from "../judging/step-scores.ts";
import { type StepSet, seriesSet, stepSetsOf } from "../judging/step-sets.ts";
import { rowsOf, spanOf, windowsOf } from "../judging/windows.ts";
import type { Span } from "../registry/card.ts";
import type { StepBaselines } from "../registry/step-baselines.ts";
import { blockMeans } from "../stats/block-means.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { logLoss } from "../stats/log-loss.ts";
import { skill } from "../stats/skill.ts";
import { type RollingTest, rollingTest, rollingTestOver, squaredErrors } from "./rolling-test.ts";

/** One contender at one step. Errors are in the target's unit. */
export interface StepLine {
  readonly point: StepPoint;
  /** Root mean squared error on validation, which chooses the baseline. */
  readonly validationRmse: number;
  readonly rmse: number;
  readonly mae: number;
  /** Of a classification: the mean squared error of the probability, and its log loss; else null. */
  readonly brier: number | null;
  readonly logLoss: number | null;
  /** Against the reference: persistence, or for a classification the base rate. By the RMSE or the Brier score. */
  readonly skill: number | null;
  /** One-sided p against the reference, from means of blocks of `step` periods; null for the reference. */
  readonly pValue: number | null;
}

export interface StepResult {
  /** `series`, or the name of a group rule. */
  readonly of: string;
  readonly step: number;
  readonly test: Span;
  /** Number of blocks of `step` periods in the test window: independent enough for the p-values. */
  readonly blocks: number;
  /** The best on validation. */
  readonly baseline: StepBaseline;
  readonly contenders: readonly StepLine[];
  /** The best baseline other than persistence over the last 60 % of the periods; null for a classification. */
  readonly rolling: RollingTest | null;
  /** Scores of the baseline's distributions on the test window; null for a classification. */
  readonly distribution: DistributionScores | null;
}

/**
 * Returns the baselines that serve: of the series at the steps after the first, for which a model serves, and of groups at all
 * steps. They are those of `judgeSteps`, chosen on validation. Empty for a forecast of the next period without groups.
 */
export function stepBaselinesOf(forecast: Forecast, panel: Panel): StepBaselines {
  return stepSetsOf(forecast, panel).flatMap((set) => {
    const wanted = set.name === seriesSet ? forecast.steps.filter((step) => step > 1) : forecast.steps;
    const steps = wanted.flatMap((step) => {
      const rows = rowsOf(windowsOf(set.rowsOf(step), forecast.validation).validation);
      return rows.to > rows.from ? [chooseBaseline(forecast, set, { step, rows }).baseline] : [];
    });
    return steps.length === 0 ? [] : [{ of: set.name, steps: steps.map(toCard) }];
  });
}

/** Copies a baseline, because the members of a card are not readonly. */
function toCard({ step, point, spread }: StepBaseline): StepBaselines[number]["steps"][number] {
  switch (spread.kind) {
    case "changes":
      return { step, point, spread };
    case "location-scale":
      return { step, point, spread: { ...spread, shape: [...spread.shape] } };
    case "probability":
      return { step, point, spread: { ...spread, after: spread.after && [...spread.after] } };
  }
}

/** The best other baseline against the last value over all headline steps at once. */
export interface HeadlineResult extends RollingTest {
  readonly of: string;
  readonly steps: readonly number[];
}

/** Tests the best other baseline over the headline steps, for the series and for each group; empty for a classification or one step. */
export function judgeHeadlines(forecast: Forecast, panel: Panel): HeadlineResult[] {
  const { headline: steps, task } = forecast;
  if (task === "classification" || steps.length < 2) return [];
  return stepSetsOf(forecast, panel).flatMap((set) => {
    const found = rollingTestOver(set, steps);
    return found === null ? [] : [{ of: set.name, steps, ...found }];
  });
}

/**
 * Yields the results of the headline steps and the last step, the series first. A step without rows in one of the windows is
 * left out. A result takes up to a second, so that a caller can handle events between two of them.
 */
export function* judgeSteps(forecast: Forecast, panel: Panel): Generator<StepResult> {
  for (const set of stepSetsOf(forecast, panel)) {
    for (const step of shownSteps(forecast)) {
      const result = judgeStep(forecast, set, step);
      if (result !== null) yield result;
    }
  }
}

function judgeStep(forecast: Forecast, set: StepSet, step: number): StepResult | null {
  const data = set.rowsOf(step);
  const windows = windowsOf(data, forecast.validation);
  const [validation, test] = [rowsOf(windows.validation), rowsOf(windows.test)];
  if (validation.to === validation.from || test.to === test.from) return null;
  const { baseline, ranking } = chooseBaseline(forecast, set, { step, rows: validation });
  const [reference] = set.isClassification ? ["base-rate"] : ["persistence"];
  const isReference = (point: StepPoint) => point.kind === reference;
  const ofReference = ranking.find(({ point }) => isReference(point))?.point;
  const referenceErrors = errorsOf(data, test, pointPredictions(set, data, test, ofReference ?? baseline.point));
  const referenceLosses = squaredErrors(set, step, { rows: test, point: ofReference ?? baseline.point }).losses;
  const contenders = ranking.map(({ point, error }): StepLine => {
    const predictions = pointPredictions(set, data, test, point);
    const errors = errorsOf(data, test, predictions);
    const losses = squaredErrors(set, step, { rows: test, point }).losses;
    const advantage = losses.map((loss, i) => (referenceLosses[i] ?? loss) - loss);
    const power = set.isClassification ? 2 : 1;
    return {
      point,
      validationRmse: error,
      ...errors,
      brier: set.isClassification ? errors.rmse ** 2 : null,
      logLoss: set.isClassification ? logLoss(data.target.subarray(test.from, test.to), predictions) : null,
      skill: skill(errors.rmse ** power, referenceErrors.rmse ** power),
      pValue: isReference(point) ? null : dieboldMarianoOf(blockMeans(advantage, step)),
    };
  });
  const { decimals } = forecast.target;
  const distributions = baselineDistributions(forecast, set, { baseline, rows: test });
  const distributionAt = (i: number) => {
    const found = distributions[i];
    if (found === undefined) throw new RangeError(`row ${i} has no distribution`);
    return found;
  };
  return {
    of: set.name,
    step,
    test: spanOf(data, test),
    blocks: Math.floor(referenceLosses.length / step),
    baseline,
    contenders,
    rolling: set.isClassification ? null : rollingTest(set, step),
    distribution: set.isClassification ? null : scoresOf(data, test, { distributionAt, decimals }),
  };
}

/** Returns the steps that people compare: the headline steps and the last one. */
function shownSteps({ headline, steps }: Forecast): number[] {
  return steps.filter((step) => headline.includes(step) || step === steps.at(-1));
}

/** Returns the p of a t-test on block means; 1 with fewer than two blocks. */
function dieboldMarianoOf(blocks: readonly number[]): number {
  return blocks.length < 2 ? 1 : dieboldMariano(blocks).pValue;
}
