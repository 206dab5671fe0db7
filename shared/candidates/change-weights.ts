/**
 * Finds how much a series borrows from its group, on rows that are later than those of the group's changes. Every grid value is
 * tried, so that the result does not depend on a start.
 */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { hasMoved } from "../features/panel.ts";
import { type ChangeGroups, groupPositions } from "./change-groups.ts";
import type { ChangeInputs } from "./change-inputs.ts";
import { featureValues } from "./encoding.ts";
import type { SizesModel } from "./next-change.ts";

const borrowedGrid = [1, 2, 4, 6, 8, 12, 16, 24, 32, 64] as const;
const returnGrid = [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4] as const;
/** More rows hardly change the choice. They are evenly spaced. */
const ROWS_MAX = 2_500;
/** Used if no later row decides. */
const usual: SizesModel = { borrowed: 6, returnShare: 0.2 };
/** The smallest probability of an outcome in a log loss. */
const PROBABILITY_MIN = 1e-4;

export interface WeightTask {
  readonly data: Dataset;
  /** Later rows than those of the groups. */
  readonly rows: RowRange;
  readonly inputs: ChangeInputs;
  readonly groups: ChangeGroups;
  readonly tolerance: number;
}

/**
 * Returns the weights with the lowest mean CRPS of the sizes of changes, given their direction. The CRPS of a mixture is a
 * quadratic function of its weights, so each row is visited once for the whole grid. O(rows · sizes²).
 */
export function fitSizes({ data, rows, inputs, groups, tolerance }: WeightTask): SizesModel {
  const positions = groupPositions(groups, data, rows);
  const last = featureValues(data, inputs.lastChange, rows);
  const sideOf = ({ count, sizes }: ChangeInputs["falls"], group: Float32Array) => ({
    counts: featureValues(data, count, rows),
    own: sizes.map((name) => featureValues(data, name, rows)),
    group,
  });
  const [falls, rises] = [sideOf(inputs.falls, groups.falls), sideOf(inputs.rises, groups.rises)];
  const changed = evenly(
    Array.from({ length: rows.to - rows.from }, (_, i) => i).filter((i) =>
      hasMoved(changeAt(data, rows, i), tolerance),
    ),
  );
  const losses = new Float64Array(borrowedGrid.length * returnGrid.length);
  for (const i of changed) {
    const outcome = changeAt(data, rows, i);
    const { counts, own, group } = outcome < 0 ? falls : rises;
    const back = -(last[i] ?? Number.NaN);
    const number = Number.isNaN(counts[i] ?? Number.NaN) ? 0 : (counts[i] ?? 0);
    const parts = [
      number === 0 ? null : own.map((sizes) => sizes[i] ?? 0),
      Array.from(group.subarray((positions[i] ?? 0) * groups.sizes, ((positions[i] ?? 0) + 1) * groups.sizes)),
      back * outcome > 0 ? [back] : null,
    ];
    const mixture = mixtureOf(parts, outcome);
    borrowedGrid.forEach((borrowed, b) => {
      returnGrid.forEach((returnShare, r) => {
        const returning = parts[2] === null ? 0 : returnShare;
        const ownShare = ((1 - returning) * number) / (number + borrowed);
        losses[b * returnGrid.length + r] =
          (losses[b * returnGrid.length + r] ?? 0) + mixture([ownShare, 1 - returning - ownShare, returning]);
      });
    });
  }
  if (changed.length === 0) return usual;
  const best = losses.indexOf(Math.min(...losses));
  return {
    borrowed: borrowedGrid[Math.floor(best / returnGrid.length)] ?? usual.borrowed,
    returnShare: returnGrid[best % returnGrid.length] ?? usual.returnShare,
  };
}

/** Returns the CRPS at `outcome` as a function of the weights of the parts; null is a part without sizes, of weight 0. */
function mixtureOf(parts: readonly (readonly number[] | null)[], outcome: number) {
  const distance = parts.map((part) => meanDistance(part, [outcome]));
  const between = parts.map((part) => parts.map((other) => meanDistance(part, other)));
  return (weights: readonly number[]): number => {
    let score = 0;
    weights.forEach((weight, i) => {
      score += weight * (distance[i] ?? 0);
      weights.forEach((other, k) => {
        score -= (weight * other * (between[i]?.[k] ?? 0)) / 2;
      });
    });
    return score;
  };
}

/** Returns E|X − Y| of two independent lists of equally probable numbers; 0 if one is missing. */
function meanDistance(some: readonly number[] | null, others: readonly number[] | null): number {
  if (some === null || others === null) return 0;
  let sum = 0;
  for (const one of some) for (const other of others) sum += Math.abs(one - other);
  return sum / (some.length * others.length);
}

/** Returns the number of borrowed steps with the lowest log loss of the shares of falls, no changes and rises. O(rows). */
export function fitBorrowedSteps({ data, rows, inputs, groups, tolerance }: WeightTask): number {
  const positions = groupPositions(groups, data, rows);
  const names = [inputs.falls.count, inputs.unchanged, inputs.rises.count];
  const columns = names.map((name) => featureValues(data, name, rows));
  const shares = [groups.shares.down, groups.shares.same, groups.shares.up];
  const losses = new Float64Array(borrowedGrid.length);
  for (let i = 0; i < rows.to - rows.from; i++) {
    const change = changeAt(data, rows, i);
    const happened = !hasMoved(change, tolerance) ? 1 : change < 0 ? 0 : 2;
    const counts = columns.map((column) => (Number.isNaN(column[i] ?? Number.NaN) ? 0 : (column[i] ?? 0)));
    const number = counts.reduce((sum, count) => sum + count, 0);
    const ofGroup = shares[happened]?.[positions[i] ?? 0] ?? 0;
    borrowedGrid.forEach((borrowed, b) => {
      const probability = ((counts[happened] ?? 0) + borrowed * ofGroup) / (number + borrowed);
      losses[b] = (losses[b] ?? 0) - Math.log(Math.max(PROBABILITY_MIN, probability));
    });
  }
  return rows.to > rows.from ? (borrowedGrid[losses.indexOf(Math.min(...losses))] ?? usual.borrowed) : usual.borrowed;
}

function changeAt({ target, last }: Dataset, { from }: RowRange, i: number): number {
  return (target[from + i] ?? Number.NaN) - (last[from + i] ?? Number.NaN);
}

function evenly(list: readonly number[]): number[] {
  const every = Math.ceil(list.length / ROWS_MAX);
  return list.filter((_, i) => i % every === 0);
}
