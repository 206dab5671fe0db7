/** Calibrated probabilities of an event, from a score that a model predicts. */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type Ensemble, predictEnsemble } from "../models/tree.ts";
import type { PlattCalibrator } from "../stats/platt.ts";
import { type Encoding, encode } from "./encoding.ts";

/** The calibrated probability of an event: 1 ÷ (1 + e^−(slope × log odds + intercept)). */
export interface Chance extends PlattCalibrator {
  readonly encoding: Encoding;
  /** Predicts the log odds. */
  readonly ensemble: Ensemble;
}

/** Returns one probability per row. O(rows × trees × depth). */
export function predictChance(chance: Chance, data: Dataset, rows: RowRange): Float32Array {
  return probabilities(scoresOf(chance, data, rows), chance);
}

/** Returns the probability of the event and of its complement, each with full precision. O(rows × trees × depth). */
export function predictBoth(
  chance: Chance,
  data: Dataset,
  rows: RowRange,
): { readonly event: Float32Array; readonly complement: Float32Array } {
  const against = logOddsAgainst(scoresOf(chance, data, rows), chance);
  return { event: against.map(logistic), complement: against.map((logOdds) => logistic(-logOdds)) };
}

/** Converts scores to probabilities, with the same float32 operations as the exported graph. */
export function probabilities(scores: Float32Array, calibrator: PlattCalibrator): Float32Array {
  return logOddsAgainst(scores, calibrator).map(logistic);
}

function scoresOf({ ensemble, encoding }: Chance, data: Dataset, rows: RowRange): Float32Array {
  return predictEnsemble(ensemble, encode(encoding, data, rows));
}

function logOddsAgainst(scores: Float32Array, calibrator: PlattCalibrator): Float32Array {
  const [slope, intercept] = [Math.fround(-calibrator.slope), Math.fround(-calibrator.intercept)];
  return scores.map((score) => Math.fround(score * slope) + intercept);
}

/** Returns 1 ÷ (1 + e^against). */
function logistic(against: number): number {
  return 1 / Math.fround(1 + Math.fround(Math.exp(against)));
}
