/** Scores of distributions on some rows: one row of the result for each contender and step. */
import { crps } from "../distributions/crps.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { fractionalCoverage } from "../distributions/fractional-coverage.ts";
import { meanPinballLoss, pinballLevels, weightedIntervalScore, wisLevels } from "../distributions/interval-score.ts";
import {
  chancesAround,
  expectedValueOf,
  intervalLevels,
  quantileLevels,
  quantilesOf,
} from "../distributions/summary.ts";
import { directionBrier, directionLogLoss, directionOf } from "../distributions/three-classes.ts";
import { fromUnits, toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";

/** One number per level of `intervalLevels`, by the level in percent. */
export type ByLevel = Readonly<Record<string, number>>;

/** Scores of distributions. Errors and widths are in the unit of the target. */
export interface DistributionScores {
  readonly crps: number;
  /** Weighted interval score over the median and the intervals of 50, 80 and 95 %. */
  readonly wis: number;
  /** Mean of the pinball losses of seven quantiles. */
  readonly meanPinballLoss: number;
  /** Root mean squared error of the mean. */
  readonly rmse: number;
  /** Mean absolute error of the median. */
  readonly mae: number;
  /** Share of rows whose median equals the published value. */
  readonly exact: number;
  /** Share of values inside the central interval of each level, ends included. */
  readonly coverage: ByLevel;
  /** The same, counted by the share of a value's own probability that is inside. Should equal the level. */
  readonly fractionalCoverage: ByLevel;
  /** Mean width of the interval of each level. */
  readonly width: ByLevel;
  /** Scores of the probabilities of a fall, no change and a rise; null if the distribution does not define them. */
  readonly probabilities: { readonly logLoss: number; readonly brier: number } | null;
}

/** Returns the name of a level: "95" for 0.95. */
export function percentOf(level: number): string {
  return String(Math.round(level * 1000) / 10);
}

interface ScoredRows {
  /** Returns the distribution of the i-th row, in whole units. */
  distributionAt(i: number): Distribution;
  readonly decimals: number;
}

/** Scores one distribution per row. O(rows · size of a distribution). */
export function scoresOf(data: Dataset, rows: RowRange, { distributionAt, decimals }: ScoredRows): DistributionScores {
  const count = rows.to - rows.from;
  const totals = new Totals(count);
  for (let i = 0; i < count; i++) {
    const outcome = toUnits(data.target[rows.from + i] ?? Number.NaN, decimals);
    const last = toUnits(data.last[rows.from + i] ?? Number.NaN, decimals);
    addRow(totals, distributionAt(i), { outcome, last });
  }
  const inUnit = (name: string) => fromUnits(totals.mean(name), decimals);
  const byLevel = (of: (level: string) => number): ByLevel =>
    Object.fromEntries(intervalLevels.map(percentOf).map((level) => [level, of(level)]));
  return {
    crps: inUnit("crps"),
    wis: inUnit("wis"),
    meanPinballLoss: inUnit("meanPinballLoss"),
    rmse: fromUnits(Math.sqrt(totals.mean("squaredError")), decimals),
    mae: inUnit("absoluteError"),
    exact: totals.mean("exact"),
    coverage: byLevel((level) => totals.mean(`coverage ${level}`)),
    fractionalCoverage: byLevel((level) => totals.mean(`fractionalCoverage ${level}`)),
    width: byLevel((level) => inUnit(`width ${level}`)),
    probabilities: { logLoss: totals.mean("logLoss"), brier: totals.mean("brier") },
  };
}

/** Returns the position of a level among `quantileLevels`. */
function placeOf(level: number): number {
  const place = quantileLevels.findIndex((one) => Math.abs(one - level) < 1e-9);
  if (place < 0) throw new RangeError(`the quantile of level ${level} is not computed`);
  return place;
}

/** Returns where the ends of an interval are among the quantiles. */
const endsOf = (level: number) => ({ level, low: placeOf((1 - level) / 2), high: placeOf((1 + level) / 2) });

const medianPlace = placeOf(0.5);
const wisEnds = wisLevels.map(endsOf);
const pinballPlaces = pinballLevels.map(placeOf);
const intervals = intervalLevels.map((level) => {
  const name = percentOf(level);
  return {
    ...endsOf(level),
    coverage: `coverage ${name}`,
    share: `fractionalCoverage ${name}`,
    width: `width ${name}`,
  };
});

/** Adds the losses of one row. `outcome` and `last` in whole units. All quantiles are computed in one pass over the distribution. */
function addRow(
  totals: Totals,
  distribution: Distribution,
  { outcome, last }: { outcome: number; last: number },
): void {
  const quantiles = quantilesOf(distribution, quantileLevels);
  const quantileAt = (place: number) => quantiles[place] ?? Number.NaN;
  const median = quantileAt(medianPlace);
  const wisIntervals = wisEnds.map(({ level, low, high }) => ({ level, low: quantileAt(low), high: quantileAt(high) }));
  totals.add("crps", crps(distribution, outcome));
  totals.add("wis", weightedIntervalScore({ median, intervals: wisIntervals }, outcome));
  totals.add("meanPinballLoss", meanPinballLoss(pinballLevels, pinballPlaces.map(quantileAt), outcome));
  totals.add("squaredError", (expectedValueOf(distribution) - outcome) ** 2);
  totals.add("absoluteError", Math.abs(median - outcome));
  totals.add("exact", Number(median === outcome));
  for (const { level, low, high, coverage, share, width } of intervals) {
    const [from, to] = [quantileAt(low), quantileAt(high)];
    totals.add(coverage, Number(outcome >= from && outcome <= to));
    totals.add(share, fractionalCoverage(distribution, outcome, level));
    totals.add(width, to - from);
  }
  const chances = chancesAround(distribution, last);
  const happened = directionOf(last, outcome);
  totals.add("logLoss", directionLogLoss(chances, happened));
  totals.add("brier", directionBrier(chances, happened));
}

/** Sums by name, and their means over a number of rows. */
class Totals {
  readonly #rows: number;
  readonly #sums = new Map<string, number>();

  constructor(rows: number) {
    this.#rows = rows;
  }

  add(name: string, value: number): void {
    this.#sums.set(name, (this.#sums.get(name) ?? 0) + value);
  }

  mean(name: string): number {
    return (this.#sums.get(name) ?? 0) / this.#rows;
  }
}
