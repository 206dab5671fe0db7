import { at, checkOutcomes, checkPaired, checkProbabilities, type Numbers } from "./numbers.ts";

/** One bin of a reliability diagram: forecasts in (`low`, `high`]. The first bin includes 0. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean predicted probability. */
  readonly forecast: number;
  /** Observed share of events. */
  readonly observed: number;
}

/**
 * Returns the bins of a reliability diagram, which compares predicted probabilities with observed shares: of all events
 * with a forecast of 30 %, about 30 % should happen. Bins have equal width; empty bins are omitted.
 *
 * `outcomes` 0 or 1, `probabilities` 0 to 1. Range: at most `bins` bins, in ascending order. O(n).
 * @see sklearn.calibration.calibration_curve(strategy="uniform")
 */
export function reliability(outcomes: Numbers, probabilities: Numbers, bins = 10): ReliabilityBin[] {
  checkPaired(outcomes, probabilities);
  checkOutcomes(outcomes);
  checkProbabilities(probabilities);
  const counts = new Float64Array(bins);
  const forecasts = new Float64Array(bins);
  const events = new Float64Array(bins);
  for (let i = 0; i < outcomes.length; i++) {
    const probability = at(probabilities, i);
    const bin = binOf(probability, bins);
    counts[bin] = at(counts, bin) + 1;
    forecasts[bin] = at(forecasts, bin) + probability;
    events[bin] = at(events, bin) + at(outcomes, i);
  }
  return Array.from(counts, (count, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    count,
    forecast: at(forecasts, bin) / count,
    observed: at(events, bin) / count,
  })).filter((bin) => bin.count > 0);
}

/**
 * Returns the expected calibration error: the mean gap between forecast and observed share, weighted by the bins' counts.
 *
 * Range: 0 (calibrated at this resolution) to 1. The value depends on the number of bins, so compare it only at the same
 * number. O(bins).
 * @see Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning"
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let gaps = 0;
  let count = 0;
  for (const bin of bins) {
    gaps += bin.count * Math.abs(bin.forecast - bin.observed);
    count += bin.count;
  }
  if (count === 0) throw new RangeError("the bins contain 0 forecasts: expected at least 1");
  return gaps / count;
}

function binOf(probability: number, bins: number): number {
  let bin = Math.min(Math.floor(probability * bins), bins - 1);
  // An edge belongs to the bin below it. Rounding of the product can move a value across an edge; the loop corrects this.
  while (bin > 0 && probability <= bin / bins) bin -= 1;
  return bin;
}
