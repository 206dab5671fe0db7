/** The baseline's distribution: the last value plus the series' own past changes, shrunk to its group and to all series. */
import { valueAfterChange } from "../distributions/changes.ts";
import { crps } from "../distributions/crps.ts";
import type { Distribution } from "../distributions/distribution.ts";
import { type ChangeCounts, type ShrinkageWeights, shrunkChange } from "../distributions/shrinkage.ts";
import { toUnits } from "../distributions/units.ts";
import type { Dataset, RowRange } from "../features/dataset.ts";
import { type ChangeHistory, visitChanges } from "./row-changes.ts";

export interface OwnChangesOptions extends ChangeHistory {
  /** Whether values are always positive. */
  readonly positive: boolean;
}

/** The values of each weight that are compared, in numbers of borrowed changes. */
const grid: { readonly [Name in keyof ShrinkageWeights]: readonly number[] } = {
  chances: [0, 1, 2, 4, 8, 16, 32],
  sizes: [0, 1, 2, 4, 8, 16],
  group: [5, 20, 80],
};
const start: ShrinkageWeights = { chances: 4, sizes: 4, group: 20 };
/** A search uses at most this many rows, evenly spaced: more hardly change the choice, and take minutes on a large panel. */
const searchRowsMax = 2_500;

/** Returns the weights with the lowest mean CRPS on these rows, found by one pass over each weight. */
export function searchWeights(data: Dataset, rows: RowRange, options: OwnChangesOptions): ShrinkageWeights {
  let best = start;
  for (const name of ["sizes", "chances", "group"] as const) {
    const tried = grid[name].map((value): ShrinkageWeights => ({ ...best, [name]: value }));
    const sums = new Float64Array(tried.length);
    const every = Math.ceil((rows.to - rows.from) / searchRowsMax);
    visitChanges(data, rows, options, (row, counts) => {
      if ((row - rows.from) % every !== 0) return;
      const outcome = toUnits(data.target[row] ?? Number.NaN, options.decimals);
      tried.forEach((weights, i) => {
        sums[i] = (sums[i] ?? 0) + crps(nextValue(data, row, { counts, weights, options }), outcome);
      });
    });
    best = tried[sums.indexOf(Math.min(...sums))] ?? best;
  }
  return best;
}

/** Returns the baseline's distribution of each row, in whole units. */
export function ownChangeDistributions(
  data: Dataset,
  rows: RowRange,
  { weights, options }: { readonly weights: ShrinkageWeights; readonly options: OwnChangesOptions },
): Distribution[] {
  const distributions: Distribution[] = [];
  visitChanges(data, rows, options, (row, counts) => {
    distributions.push(nextValue(data, row, { counts, weights, options }));
  });
  return distributions;
}

interface Estimate {
  readonly counts: ChangeCounts;
  readonly weights: ShrinkageWeights;
  readonly options: OwnChangesOptions;
}

function nextValue({ last }: Dataset, row: number, { counts, weights, options }: Estimate): Distribution {
  return valueAfterChange(toUnits(last[row] ?? Number.NaN, options.decimals), shrunkChange(counts, weights), options);
}
