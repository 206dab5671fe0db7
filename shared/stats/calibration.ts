import { at, checkOutcomes, checkPaired, checkProbabilities, type Numbers } from "./numbers.ts";

/** One bin of a reliability diagram: forecasts in (`low`, `high`], the first bin with 0. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** What was said, on average. */
  readonly forecast: number;
  /** What came true: the share of events. */
  readonly observed: number;
}

/**
 * Reliability diagram: are 30 % of the things called 30 % likely what happens? Equal-width bins; empty ones are left
 * out, for they have nothing to show.
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
 * Expected calibration error: the gap between what was said and what came true, averaged over the bins by their
 * counts.
 *
 * Range: 0 (calibrated at this resolution) to 1. It falls with fewer bins and rises with noise in small ones: compare
 * it at one number of bins. O(bins).
 * @see Naeini, Cooper, Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning"
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  let gaps = 0;
  let count = 0;
  for (const bin of bins) {
    gaps += bin.count * Math.abs(bin.forecast - bin.observed);
    count += bin.count;
  }
  if (count === 0) throw new RangeError("no forecasts in the bins: at least one is needed");
  return gaps / count;
}

function binOf(probability: number, bins: number): number {
  let bin = Math.min(Math.floor(probability * bins), bins - 1);
  // An edge belongs to the bin below it, also where the product was rounded across the edge.
  while (bin > 0 && probability <= bin / bins) bin -= 1;
  return bin;
}
