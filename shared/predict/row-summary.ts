/** The published numbers of a distribution: median, mean, probabilities, quantiles and intervals. */
import type { Chances } from "../distributions/changes.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { chanceAbove, chancesAround, expectedValueOf, quantileLevels, quantilesOf } from "../distributions/summary.ts";
import { fromUnits } from "../distributions/units.ts";
import { extraDecimals, roundTo } from "./decimal.ts";

/** Numbers in the target's unit. */
export interface RowSummary {
  /** In whole units of the published digit. */
  readonly distribution: Distribution;
  /** Rounded to the published digits. */
  readonly median: number;
  readonly mean: number;
  /** The probabilities of a value below, at and above the last value. Each is above 0, and their sum is 1. Null if unknown. */
  readonly probabilities: Chances | null;
  /** The value of each level of `quantileLevels`, ascending. */
  readonly quantiles: readonly number[];
  /** The central intervals of 50, 80, 90 and 95 %. */
  readonly intervals: readonly PublishedInterval[];
  /** Why intervals have no width; null if all have a width. */
  readonly note: string | null;
}

export interface PublishedInterval {
  /** As in an answer: `interval80`. */
  readonly name: string;
  readonly ends: readonly [low: number, high: number];
}

/** Decimals of a probability. */
export const probabilityDecimals = 6;

/** Returns the name of an interval in an answer: `interval80` for the level 0.8. */
export function intervalName(level: number): string {
  return `interval${Math.round(level * 1000) / 10}`;
}

/** The levels of the intervals with the positions of their ends in `quantileLevels`. */
const intervals = [0.5, 0.8, 0.9, 0.95].map((level, at) => ({
  level,
  name: intervalName(level),
  low: 3 - at,
  high: 5 + at,
}));
const medianPosition = 4;
export const intervalNames: readonly string[] = intervals.map(({ name }) => name);

export interface SummaryOptions {
  /** The last value in whole units. */
  readonly last: number;
  readonly decimals: number;
  /**
   * The point prediction if the distribution only has its intervals: it then has neither a mean nor probabilities of its own. Null for
   * any other distribution.
   */
  readonly point: number | null;
}

/** Returns the published numbers of a distribution in whole units. O(atoms + levels). */
export function summaryOf(distribution: Distribution, { last, decimals, point }: SummaryOptions): RowSummary {
  const units = quantilesOf(distribution, quantileLevels);
  const quantiles = units.map((value) => fromUnits(value, decimals));
  const chances = chancesAround(distribution, last);
  const [down, up] = [roundTo(chances.down, probabilityDecimals), roundTo(chances.up, probabilityDecimals)];
  const same = roundTo(1 - down - up, probabilityDecimals);
  const withoutWidth: string[] = [];
  const ends = intervals.map(({ name, low, high }): PublishedInterval => {
    const [from, to] = [units[low] ?? Number.NaN, units[high] ?? Number.NaN];
    if (from === to && from === last) withoutWidth.push(name);
    // Only the last value can be so probable. Another value without a spread is a distribution with too few atoms.
    const widened = from === to && from !== last ? 1 : 0;
    return { name, ends: [fromUnits(from - widened, decimals), fromUnits(to + widened, decimals)] };
  });
  return {
    distribution,
    median: quantiles[medianPosition] ?? Number.NaN,
    mean: roundTo(point ?? fromUnits(expectedValueOf(distribution), decimals), decimals + extraDecimals),
    probabilities: point === null ? { down, same, up } : null,
    quantiles,
    intervals: ends,
    note: withoutWidth.length === 0 ? null : noWidthNote(withoutWidth, same),
  };
}

function noWidthNote(names: readonly string[], same: number): string {
  const have = names.length === 1 ? "has" : "have";
  return `${names.join(", ")} ${have} no width: the value stays the same with a probability of ${roundTo(same, 4)}`;
}

/** Returns P(value > `threshold`), strictly above. `threshold` is in the target's unit and may have more decimals. O(atoms). */
export function probabilityAbove({ distribution }: RowSummary, threshold: number, decimals: number): number {
  const units = threshold * 10 ** decimals;
  const whole = Math.round(units);
  // 4.35 × 100 is 434.99999999999994: a threshold with the published digits means a whole number of units.
  const isWhole = Math.abs(units - whole) <= 1e-9 * Math.max(1, Math.abs(units));
  return roundTo(chanceAbove(distribution, isWhole ? whole : units), probabilityDecimals);
}
