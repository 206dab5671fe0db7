/** Scores of probabilities, in addition to the Brier score of `score.ts`. */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { auc } from "../stats/auc.ts";
import { balancedAccuracy } from "../stats/balanced-accuracy.ts";
import { brier } from "../stats/brier.ts";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../stats/calibration.ts";
import { decisionThreshold } from "../stats/decision-threshold.ts";
import { logLoss } from "../stats/log-loss.ts";

/**
 * Number of bins of equal width. A test window of a few dozen rows does not fill more. Calibration errors with another number
 * of bins are not comparable.
 */
const calibrationBins = 5;
/** Used for contenders that were not fitted at rolling origins, such as an imported file. */
export const evenThreshold = 0.5;

/** Some rows and their predicted probabilities, one per row. */
export interface PredictedRows {
  readonly rows: RowRange;
  readonly predictions: Float64Array;
}

export interface ClassificationScores {
  readonly validationBrier: number | null;
  readonly brier: number;
  readonly logLoss: number;
  /** Null if only one class occurred. */
  readonly auc: number | null;
  /** With `threshold`. */
  readonly balancedAccuracy: number;
  /** A probability at or above it is predicted as an event. Chosen on rolling origins before the test window. */
  readonly threshold: number;
  /** Expected calibration error over `calibrationBins` bins. */
  readonly calibrationError: number;
}

/** Earlier predictions of the scored contender; null if there are none. */
export interface EarlierPredictions {
  readonly validation: PredictedRows | null;
  /** Rolling origins of the whole training span, which include those of validation. */
  readonly origins: PredictedRows | null;
}

/** Computes the scores of `test`; the threshold comes from `origins`. O(rows · log rows). */
export function classificationScores(
  data: Dataset,
  test: PredictedRows,
  { validation, origins }: EarlierPredictions,
): ClassificationScores {
  const outcomes = outcomesOf(data, test.rows);
  const threshold = origins === null ? evenThreshold : thresholdOf(data, origins);
  const classes = test.predictions.map((probability) => Number(probability >= threshold));
  return {
    validationBrier: validation && brier(outcomesOf(data, validation.rows), validation.predictions),
    brier: brier(outcomes, test.predictions),
    logLoss: logLoss(outcomes, test.predictions),
    auc: auc(outcomes, test.predictions),
    balancedAccuracy: balancedAccuracy<number>(outcomes, classes),
    threshold,
    calibrationError: expectedCalibrationError(calibrationOf(data, test)),
  };
}

/** Returns the threshold that maximises balanced accuracy on these rows. */
export function thresholdOf(data: Dataset, { rows, predictions }: PredictedRows): number {
  return decisionThreshold(outcomesOf(data, rows), predictions);
}

/** Returns the reliability bins of these rows, without empty bins. */
export function calibrationOf(data: Dataset, { rows, predictions }: PredictedRows): ReliabilityBin[] {
  return reliability(outcomesOf(data, rows), predictions, calibrationBins);
}

function outcomesOf({ target }: Dataset, { from, to }: RowRange): Float64Array {
  return target.subarray(from, to);
}
