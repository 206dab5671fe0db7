/** The baseline's distribution: the last value plus the series' own past changes, shrunk to its group and to all series. */
import { valueAfterChange } from "../distributions/changes.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { RecentChanges } from "../distributions/recent-changes.ts";
import { type ChangeCounts, type ShrinkageWeights, shrunkChange } from "../distributions/shrinkage.ts";
import { type ShrunkScores, shrunkScores } from "../distributions/shrunk-scores.ts";
import { toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type ChangeHistory, changeOf, visitChanges } from "./row-changes.ts";

export interface OwnChangesOptions extends ChangeHistory {
  /** Whether values are always positive. */
  readonly positive: boolean;
}

/**
 * The values of each weight that are compared, in numbers of borrowed changes. They are multiplied by the step, because changes
 * over h periods overlap: h of them have about as much information as one.
 */
const grid: { readonly [Name in keyof ShrinkageWeights]: readonly number[] } = {
  chances: [0, 1, 2, 4, 8, 16, 32],
  sizes: [0, 1, 2, 4, 8, 16],
  group: [5, 20, 80],
};
/** Fewer values for later steps, of which there can be many: the best ones differ little in their score. */
const laterGrid: typeof grid = { chances: [1, 4, 16], sizes: [1, 4, 16], group: [5, 40] };
const start: ShrinkageWeights = { chances: 4, sizes: 4, group: 20 };
/** A search uses at most this many rows, evenly spaced: more hardly change the choice, and take minutes on a large panel. */
const searchRowsMax = 2_500;
/** The same at later steps, of which there can be many. */
const laterSearchRowsMax = 120;

/**
 * Returns the weights with the lowest mean CRPS on these rows, found by one search over each weight. `quick`: with the small grid and few
 * rows, as at later steps.
 */
export function searchWeights(
  data: Dataset,
  rows: RowRange,
  options: OwnChangesOptions & { readonly quick?: boolean },
): ShrinkageWeights {
  const isQuick = options.quick === true || data.step > 1;
  const known = spreadRows(data, rows, { ...options, rowsMax: isQuick ? laterSearchRowsMax : searchRowsMax });
  let best = scaled(start, data.step);
  for (const name of ["sizes", "chances", "group"] as const) {
    const values = isQuick ? laterGrid[name] : grid[name];
    const tried = values.map((value): ShrinkageWeights => ({ ...best, [name]: value * data.step }));
    const sums = new Float64Array(tried.length);
    for (const scoresOf of known)
      scoresOf(tried).forEach((score, i) => {
        sums[i] = (sums[i] ?? 0) + score;
      });
    best = tried[sums.indexOf(Math.min(...sums))] ?? best;
  }
  return best;
}

/** Returns the scores of at most `rowsMax` rows, evenly spaced, with the changes that were known at their origins. */
function spreadRows(
  data: Dataset,
  rows: RowRange,
  { rowsMax, ...options }: OwnChangesOptions & { readonly rowsMax: number },
): ShrunkScores[] {
  const every = Math.ceil((rows.to - rows.from) / rowsMax);
  const { decimals, positive } = options;
  const found: ShrunkScores[] = [];
  visitChanges(data, rows, options, (row, countsOf) => {
    if ((row - rows.from) % every !== 0) return;
    const last = toUnits(data.last[row] ?? Number.NaN, decimals);
    const outcome = toUnits(data.target[row] ?? Number.NaN, decimals);
    found.push(shrunkScores({ counts: countsOf(), last, outcome, positive }));
  });
  return found;
}

function scaled({ chances, sizes, group }: ShrinkageWeights, factor: number): ShrinkageWeights {
  return { chances: chances * factor, sizes: sizes * factor, group: group * factor };
}

/** Returns the baseline's distribution of each row, in whole units. */
export function ownChangeDistributions(
  data: Dataset,
  rows: RowRange,
  { weights, options }: { readonly weights: ShrinkageWeights; readonly options: OwnChangesOptions },
): Distribution[] {
  const distributions: Distribution[] = [];
  visitChanges(data, rows, options, (row, counts) => {
    distributions.push(nextValue(data, row, { counts: counts(), weights, options }));
  });
  return distributions;
}

/** Returns the counts of all changes of some rows, the newest of each series. O(rows). */
export function recentChanges(data: Dataset, { groupOf, window, decimals }: ChangeHistory): RecentChanges {
  const recent = new RecentChanges(groupOf, window);
  for (let row = 0; row < data.rows; row++) recent.add(data.series[row] ?? -1, changeOf(data, row, decimals));
  return recent;
}

export interface ChangesEstimate {
  readonly counts: ChangeCounts;
  readonly weights: ShrinkageWeights;
  readonly options: OwnChangesOptions;
}

function nextValue({ last }: Dataset, row: number, estimate: ChangesEstimate): Distribution {
  return distributionAfter(last[row] ?? Number.NaN, estimate);
}

/** Returns the distribution after a last value, which is in the target's unit. In whole units. */
export function distributionAfter(last: number, { counts, weights, options }: ChangesEstimate): Distribution {
  return valueAfterChange(toUnits(last, options.decimals), shrunkChange(counts, weights), options);
}
