/** What probabilities are worth beside their Brier score. */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { auc } from "../stats/auc.ts";
import { balancedAccuracy } from "../stats/balanced-accuracy.ts";
import { brier } from "../stats/brier.ts";
import { expectedCalibrationError, type ReliabilityBin, reliability } from "../stats/calibration.ts";
import { decisionThreshold } from "../stats/decision-threshold.ts";
import { logLoss } from "../stats/log-loss.ts";

/** Of equal width. A test window of some dozen rows fills no more; errors at another number are not comparable. */
export const calibrationBins = 5;
/** For who did not stand on validation. */
export const evenThreshold = 0.5;

/** Some rows and what was said of them. */
export interface Said {
  readonly rows: RowRange;
  /** One a row. */
  readonly predictions: Float64Array;
}

export interface ClassificationScores {
  readonly validationBrier: number | null;
  readonly brier: number;
  readonly logLoss: number;
  /** Null where only one class came. */
  readonly auc: number | null;
  /** At `threshold`. */
  readonly balancedAccuracy: number;
  /** From this probability on an event is named; chosen on validation. */
  readonly threshold: number;
  /** Gap between what was said and what came, over `calibrationBins` bins. */
  readonly calibrationError: number;
}

/** O(rows · log rows). */
export function classificationScores(data: Dataset, said: Said, validation: Said | null): ClassificationScores {
  const outcomes = outcomesOf(data, said.rows);
  const threshold = validation === null ? evenThreshold : thresholdOf(data, validation);
  const named = said.predictions.map((probability) => Number(probability >= threshold));
  return {
    validationBrier: validation && brier(outcomesOf(data, validation.rows), validation.predictions),
    brier: brier(outcomes, said.predictions),
    logLoss: logLoss(outcomes, said.predictions),
    auc: auc(outcomes, said.predictions),
    balancedAccuracy: balancedAccuracy<number>(outcomes, named),
    threshold,
    calibrationError: expectedCalibrationError(calibrationOf(data, said)),
  };
}

/** Chosen to name most of both classes on these rows. */
export function thresholdOf(data: Dataset, { rows, predictions }: Said): number {
  return decisionThreshold(outcomesOf(data, rows), predictions);
}

/** What was said, what came: one entry a bin that holds a row. */
export function calibrationOf(data: Dataset, { rows, predictions }: Said): ReliabilityBin[] {
  return reliability(outcomesOf(data, rows), predictions, calibrationBins);
}

function outcomesOf({ target }: Dataset, { from, to }: RowRange): Float64Array {
  return target.subarray(from, to);
}
