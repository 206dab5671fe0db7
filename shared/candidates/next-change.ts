/**
 * A fitted distribution of the next change: probabilities of a fall, no change and a rise, and sizes of falls and rises. A size
 * is one of the series' own past sizes, one of its group's, or the return to the level before the last change. Plain data.
 */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { SMALLEST_NORMAL } from "../models/tree.ts";
import { type ChangeGroups, groupPositions } from "./change-groups.ts";
import type { ChangeInputs, DirectionInputs } from "./change-inputs.ts";
import { featureValues } from "./encoding.ts";
import { type Chance, predictBoth } from "./odds.ts";

/** P(change), and P(rise) of a value that changes. */
export interface Directions {
  readonly change: Chance;
  readonly rise: Chance;
}

export type ChancesModel =
  | ({ readonly kind: "models" } & Directions)
  /** The series' own shares, with as many borrowed steps of the group as `borrowed`. */
  | { readonly kind: "frequencies"; readonly borrowed: number };

export interface SizesModel {
  /** Number of changes borrowed from the group, for each direction. More than 0. */
  readonly borrowed: number;
  /** Probability that a change against the last one returns to the level before it. */
  readonly returnShare: number;
}

export interface NextChangeModel {
  readonly inputs: ChangeInputs;
  readonly groups: ChangeGroups;
  readonly chances: ChancesModel;
  readonly sizes: SizesModel;
}

/** Predicted changes of some rows: the numbers of the file's outputs, as float32. */
export interface ChangeOutputs {
  readonly down: Float32Array;
  readonly up: Float32Array;
  /** The probability of a change. */
  readonly either: Float32Array;
  /** Number of changes of each row. */
  readonly width: number;
  /** Row by row. */
  readonly changes: Float32Array;
  readonly masses: Float32Array;
}

/** Returns the number of changes of a row: own sizes and sizes of the group in both directions, the return, and no change. */
export function changesWidth({ inputs, groups }: Pick<NextChangeModel, "inputs" | "groups">): number {
  return inputs.falls.sizes.length + inputs.rises.sizes.length + 2 * groups.sizes + 2;
}

const f = Math.fround;

/** A last change is a fall only from this size on, as in the graph. */
export const smallestChange = SMALLEST_NORMAL;

/** Returns the changes with their probabilities, with the same float32 operations as the exported graph. O(rows · model). */
export function predictChanges(model: NextChangeModel, data: Dataset, rows: RowRange): ChangeOutputs {
  const { inputs, groups } = model;
  const count = rows.to - rows.from;
  const width = changesWidth(model);
  const { down, same, up, either } = chancesOf(model, data, rows);
  const changes = new Float32Array(count * width);
  const masses = new Float32Array(count * width);
  const last = numbers(data, inputs.lastChange, rows);
  const sides = [
    { chance: down, ...sideOf(inputs.falls, groups.falls) },
    { chance: up, ...sideOf(inputs.rises, groups.rises) },
  ];
  const positions = groupPositions(groups, data, rows);
  for (let row = 0; row < count; row++) {
    let to = row * width;
    let returning = 0;
    const change = last[row] ?? 0;
    sides.forEach(({ chance, counts, own, group, isReturn }) => {
      const probability = chance[row] ?? 0;
      const share = isReturn(change) ? f(model.sizes.returnShare) : 0;
      const kept = f(probability * f(1 - share));
      returning = f(returning + f(probability * share));
      const number = counts[row] ?? 0;
      const total = f(number + f(model.sizes.borrowed));
      const ownMass = f(f(kept * f(number / total)) * f(1 / own.length));
      for (const sizes of own) {
        changes[to] = sizes[row] ?? 0;
        masses[to++] = ownMass;
      }
      const borrowed = f(f(kept * f(f(model.sizes.borrowed) / total)) * f(1 / groups.sizes));
      for (let i = 0; i < groups.sizes; i++) {
        changes[to] = group[(positions[row] ?? 0) * groups.sizes + i] ?? 0;
        masses[to++] = borrowed;
      }
    });
    changes[to] = -change;
    masses[to++] = returning;
    masses[to] = same[row] ?? 0;
  }
  return { down, up, either, width, changes, masses };

  function sideOf({ count, sizes }: DirectionInputs, group: Float32Array) {
    const isFall = sizes === inputs.falls.sizes;
    return {
      counts: numbers(data, count, rows),
      own: sizes.map((name) => numbers(data, name, rows)),
      group,
      isReturn: (change: number) => (isFall ? change > 0 : change <= -smallestChange),
    };
  }
}

/** Returns the expected change of each row, rounded once. O(rows · changes). */
export function expectedChanges({ width, changes, masses }: ChangeOutputs): Float32Array {
  return new Float32Array(changes.length / width).map((_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += f((changes[i] ?? 0) * (masses[i] ?? 0));
    return sum;
  });
}

/** Probabilities of a fall, no change and a rise, one per row. `either`: of a change. */
export interface ChanceColumns {
  readonly down: Float32Array;
  readonly same: Float32Array;
  readonly up: Float32Array;
  readonly either: Float32Array;
}

/** Returns the probabilities with the same float32 operations as the exported graph. O(rows · trees · depth). */
export function predictDirections({ change, rise }: Directions, data: Dataset, rows: RowRange): ChanceColumns {
  // Each complement is computed from the odds: 1 − p would lose digits of a small probability.
  const changes = predictBoth(change, data, rows);
  const rises = predictBoth(rise, data, rows);
  return {
    down: changes.event.map((chance, row) => chance * (rises.complement[row] ?? 0)),
    same: changes.complement,
    up: changes.event.map((chance, row) => chance * (rises.event[row] ?? 0)),
    either: changes.event,
  };
}

function chancesOf({ chances, inputs, groups }: NextChangeModel, data: Dataset, rows: RowRange): ChanceColumns {
  if (chances.kind === "models") {
    return predictDirections(chances, data, rows);
  }
  const [falls, unchanged, rises] = [inputs.falls.count, inputs.unchanged, inputs.rises.count].map((name) =>
    numbers(data, name, rows),
  );
  const positions = groupPositions(groups, data, rows);
  const borrowed = f(chances.borrowed);
  const shareOf = (counts: Float32Array | undefined, shares: Float32Array) =>
    new Float32Array(rows.to - rows.from).map((_, row) => {
      const known = f(f((falls?.[row] ?? 0) + (unchanged?.[row] ?? 0)) + (rises?.[row] ?? 0));
      return f((counts?.[row] ?? 0) + f(borrowed * (shares[positions[row] ?? 0] ?? 0))) / f(known + borrowed);
    });
  const down = shareOf(falls, groups.shares.down);
  const up = shareOf(rises, groups.shares.up);
  return {
    down,
    same: shareOf(unchanged, groups.shares.same),
    up,
    either: down.map((chance, row) => chance + (up[row] ?? 0)),
  };
}

/** Returns the values of a feature, 0 where it is missing. */
function numbers(data: Dataset, name: string, rows: RowRange): Float32Array {
  return featureValues(data, name, rows).map((value) => (Number.isNaN(value) ? 0 : value));
}
