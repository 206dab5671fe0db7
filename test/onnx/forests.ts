import { type Ensemble, LEAF, THRESHOLD_MAX, type Tree } from "../../shared/models/tree.ts";

type Random = () => number;

/** Ordinary thresholds, and thresholds at the limits of float32. */
const HARD_THRESHOLDS = [0, -0, THRESHOLD_MAX, -THRESHOLD_MAX, 1.4e-45, 0.1, 16777216, -1e-38];

function thresholdFrom(random: Random): number {
  if (random() < 0.8) return random();
  return HARD_THRESHOLDS[Math.floor(random() * HARD_THRESHOLDS.length)] ?? 0;
}

/** Builds a tree with `leaves` leaves of all magnitudes by splitting random leaves. */
export function randomTree(random: Random, { leaves, columns }: { leaves: number; columns: number }): Tree {
  const nodes = 2 * leaves - 1;
  const tree = {
    feature: new Int32Array(nodes).fill(LEAF),
    threshold: new Float32Array(nodes),
    missingLeft: new Uint8Array(nodes),
    left: new Int32Array(nodes).fill(LEAF),
    right: new Int32Array(nodes).fill(LEAF),
    value: Float32Array.from({ length: nodes }, () => (random() - 0.5) * 10 ** Math.floor(random() * 5)),
    weight: new Float64Array(nodes).fill(1),
  };
  for (let made = 1; made < nodes; made += 2) {
    let at = Math.floor(random() * made);
    while ((tree.feature[at] ?? LEAF) >= 0) at = (at + 1) % made;
    tree.feature[at] = Math.floor(random() * columns);
    tree.threshold[at] = thresholdFrom(random);
    tree.missingLeft[at] = random() < 0.5 ? 1 : 0;
    tree.left[at] = made;
    tree.right[at] = made + 1;
    tree.value[at] = 0;
  }
  return tree;
}

export interface ForestOptions {
  readonly trees: number;
  readonly leavesMax: number;
  readonly columns: number;
  readonly aggregate: Ensemble["aggregate"];
  readonly base: number;
}

export function randomForest(random: Random, options: ForestOptions): Ensemble {
  const { columns, aggregate, leavesMax } = options;
  const leaves = () => 1 + Math.floor(random() * leavesMax);
  const trees = Array.from({ length: options.trees }, () => randomTree(random, { leaves: leaves(), columns }));
  return { trees, columns, aggregate, base: Math.fround(options.base) };
}

const HARD_VALUES = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, THRESHOLD_MAX, 0.1, 1e-45];

/** Draws float32 values around the thresholds above; one in five is a special value. */
export function randomValues(random: Random, length: number): Float32Array {
  return Float32Array.from({ length }, () =>
    random() < 0.2 ? (HARD_VALUES[Math.floor(random() * HARD_VALUES.length)] ?? 0) : random() * 1.2 - 0.1,
  );
}
