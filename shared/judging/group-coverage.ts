/**
 * Coverage of distributions in groups of series: thirds by how often a series changed in training. An overall coverage can be
 * right while the intervals of quiet series are too wide and those of lively series too narrow.
 */
import { type Distribution, distributionOf } from "../distributions/distribution.ts";
import { fractionalCoverage } from "../distributions/fractional-coverage.ts";
import { toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { hasMoved } from "../features/panel.ts";
import { groupNames } from "../registry/group-names.ts";
import { percentOf } from "./step-scores.ts";

/** The levels with their smallest tolerance: a larger difference between coverage and level is a fault. */
const tolerances = [
  { level: 0.5, least: 0.04 },
  { level: 0.8, least: 0.03 },
  { level: 0.95, least: 0.02 },
] as const;
/** With few periods chance alone exceeds the smallest tolerance. 2.6 standard errors are exceeded in 1 of 100 cases. */
const ERRORS_ALLOWED = 2.6;
/** With fewer changes the coverage of sizes is not tested. */
const CHANGES_MIN = 300;

/** By level in percent. */
export interface LevelCoverage {
  [level: string]: {
    /** Mean share of an outcome's own probability inside the central interval. Should equal the level. */
    coverage: number;
    tolerance: number;
    isWithin: boolean;
  };
}

export interface GroupCoverage {
  readonly group: (typeof groupNames)[number];
  readonly series: number;
  readonly rows: number;
  readonly levels: LevelCoverage;
  /** Coverage of the size of a change, given its direction, on the rows that changed. Null: too few changes, untested. */
  readonly sizes: { readonly rows: number; readonly levels: LevelCoverage } | null;
}

interface CoverageTask {
  /** Rows by which series are grouped. They are before the scored rows. */
  readonly train: RowRange;
  /** Scored rows. */
  readonly rows: RowRange;
  /** Returns the distribution of the i-th scored row, in whole units. */
  distributionAt(i: number): Distribution;
  readonly decimals: number;
}

/** Returns the coverage of each third of the series. A third without scored rows is left out. O(rows · size of a distribution). */
export function groupCoverage(data: Dataset, task: CoverageTask): GroupCoverage[] {
  const { rows, distributionAt, decimals } = task;
  const groupOf = thirdsOf(data, task);
  return groupNames.flatMap((group, index): GroupCoverage[] => {
    const all = new Clustered();
    const sizes = new Clustered();
    const series = new Set<number>();
    for (let i = 0; i < rows.to - rows.from; i++) {
      const row = rows.from + i;
      const own = data.series[row] ?? -1;
      if (groupOf.get(own) !== index) continue;
      series.add(own);
      const [outcome, last] = [data.target[row], data.last[row]].map((value) => toUnits(value ?? Number.NaN, decimals));
      const distribution = distributionAt(i);
      const period = data.period[row] ?? 0;
      all.add(period, coveragesOf(distribution, outcome ?? Number.NaN));
      const side = outcome === last ? null : sideOf(distribution, { outcome: outcome ?? 0, last: last ?? 0 });
      if (side !== null) sizes.add(period, coveragesOf(side, outcome ?? Number.NaN));
    }
    if (all.rows === 0) return [];
    return [
      {
        group,
        series: series.size,
        rows: all.rows,
        levels: all.levels(),
        sizes: sizes.rows < CHANGES_MIN ? null : { rows: sizes.rows, levels: sizes.levels() },
      },
    ];
  });
}

/** Returns the third of each series: 0 for those that changed least often in the training rows. A series without rows is in 0. */
function thirdsOf(data: Dataset, { train, decimals }: Pick<CoverageTask, "train" | "decimals">): Map<number, number> {
  const tolerance = 0.5 * 10 ** -decimals;
  const counts = new Map<number, { rows: number; changes: number }>();
  for (const series of data.series) counts.set(series, { rows: 0, changes: 0 });
  for (let row = train.from; row < train.to; row++) {
    const count = counts.get(data.series[row] ?? -1);
    if (count === undefined) continue;
    count.rows++;
    if (hasMoved((data.target[row] ?? 0) - (data.last[row] ?? 0), tolerance)) count.changes++;
  }
  const sorted = [...counts]
    .map(([series, { rows, changes }]) => ({ series, share: rows === 0 ? 0 : changes / rows }))
    .sort((a, b) => a.share - b.share || a.series - b.series);
  return new Map(sorted.map(({ series }, place) => [series, Math.floor((3 * place) / sorted.length)]));
}

function coveragesOf(distribution: Distribution, outcome: number): number[] {
  return tolerances.map(({ level }) => fractionalCoverage(distribution, outcome, level));
}

/** Returns the distribution given the direction of the change; null if it gives the direction no probability. */
function sideOf(
  { values, masses }: Distribution,
  { outcome, last }: { readonly outcome: number; readonly last: number },
): Distribution | null {
  const isOnSide = (value: number) => (outcome < last ? value < last : value > last);
  const kept = masses.map((mass, i) => (isOnSide(values[i] ?? last) ? mass : 0));
  return kept.some((mass) => mass > 0) ? distributionOf(values, kept) : null;
}

/** Sums of coverages by period: the rows of one period are correlated, so the standard error is that of period sums. */
class Clustered {
  rows = 0;
  readonly #periods = new Map<number, { count: number; readonly sums: number[] }>();

  add(period: number, coverages: readonly number[]): void {
    const known = this.#periods.get(period) ?? { count: 0, sums: coverages.map(() => 0) };
    this.#periods.set(period, known);
    this.rows++;
    known.count++;
    coverages.forEach((coverage, i) => {
      known.sums[i] = (known.sums[i] ?? 0) + coverage;
    });
  }

  levels(): LevelCoverage {
    const periods = [...this.#periods.values()];
    return Object.fromEntries(
      tolerances.map(({ level, least }, i) => {
        const coverage = periods.reduce((sum, { sums }) => sum + (sums[i] ?? 0), 0) / this.rows;
        const squares = periods.reduce((sum, { sums, count }) => sum + ((sums[i] ?? 0) - count * coverage) ** 2, 0);
        const tolerance = Math.max(least, (ERRORS_ALLOWED * Math.sqrt(squares)) / this.rows);
        return [percentOf(level), { coverage, tolerance, isWithin: Math.abs(coverage - level) <= tolerance }];
      }),
    );
  }
}
