/** Reads the attributes of a TreeEnsembleRegressor as trees with the training weight of every node. */
import { LEAF, leafOf, SMALLEST_NORMAL, THRESHOLD_MAX, type Tree } from "../models/tree.ts";
import type { Attribute, Attributes } from "../onnx/graph.ts";

export interface Forest {
  readonly trees: readonly Tree[];
  readonly base: number;
  /** Whether trees are averaged. Otherwise they are summed. */
  readonly isAverage: boolean;
}

const noTrainingWeights = "its trees do not contain training weights (nodes_hitrates)";

/** Reads a forest as `ensembleAttributes` writes it. Returns the reason if the forest has another form. O(nodes). */
export function readForest(attributes: Attributes): Forest | string {
  const weights = numbersOf(attributes.nodes_hitrates);
  const modes = attributes.nodes_modes?.kind === "strings" ? attributes.nodes_modes.values : [];
  // Trees without a split do not depend on an input, so they need no weights.
  const isSplit = modes.some((mode) => mode !== "LEAF");
  if (isSplit && (weights.length !== modes.length || !hasWeights(attributes))) return noTrainingWeights;
  const forest = readTrees(attributes);
  if (typeof forest === "string") return forest;
  if (!forest.trees.every(hasAddingWeights))
    return "its nodes_hitrates do not add up: the value of a branch is not the sum of its two children";
  return forest;
}

function hasWeights({ nodes_hitrates: weights }: Attributes): boolean {
  return Array.from(numbersOf(weights)).some((weight) => weight !== 0);
}

/** Reads a forest with or without training weights. */
function readTrees(attributes: Attributes): Forest | string {
  const text = (name: string) => (attributes[name]?.kind === "string" ? attributes[name].value : "");
  const weights = numbersOf(attributes.nodes_hitrates);
  const modes = attributes.nodes_modes?.kind === "strings" ? attributes.nodes_modes.values : [];
  if (modes.some((mode) => mode !== "BRANCH_LEQ" && mode !== "LEAF"))
    return "its trees use a comparison other than ≤ (BRANCH_LEQ)";
  const transform = text("post_transform") || "NONE";
  const aggregate = text("aggregate_function") || "SUM";
  const isPlain = transform === "NONE" && ["SUM", "AVERAGE"].includes(aggregate) && targetsOf(attributes) === 1;
  if (!isPlain) return "its trees are not summed or averaged to one number";
  const treeIds = numbersOf(attributes.nodes_treeids);
  const nodeIds = numbersOf(attributes.nodes_nodeids);
  const trees: Tree[] = [];
  for (let from = 0, to = 0; from < modes.length; from = to) {
    while (to < modes.length && treeIds[to] === treeIds[from]) {
      if (nodeIds[to] !== to - from) return "its trees do not number their nodes from 0";
      to++;
    }
    trees.push(readTree(attributes, { from, to, weights, modes }));
  }
  addLeaves(attributes, trees, { treeIds });
  return { trees, base: numbersOf(attributes.base_values)[0] ?? 0, isAverage: aggregate === "AVERAGE" };
}

interface Nodes {
  readonly from: number;
  readonly to: number;
  readonly weights: ArrayLike<number>;
  readonly modes: readonly string[];
}

function readTree(attributes: Attributes, { from, to, weights, modes }: Nodes): Tree {
  const part = (name: string) => {
    const values = numbersOf(attributes[name]);
    return Array.from({ length: to - from }, (_, at) => values[from + at] ?? 0);
  };
  return {
    feature: Int32Array.from(part("nodes_featureids"), (column, at) => (modes[from + at] === "LEAF" ? LEAF : column)),
    threshold: Float32Array.from(part("nodes_values")),
    missingLeft: Uint8Array.from(part("nodes_missing_value_tracks_true")),
    left: Int32Array.from(part("nodes_truenodeids")),
    right: Int32Array.from(part("nodes_falsenodeids")),
    value: new Float32Array(to - from),
    weight: Float64Array.from({ length: to - from }, (_, at) => weights[from + at] ?? 0),
  };
}

/** Allows for rounding: weights are float32 and were summed in another order. */
const weightTolerance = 1e-3;

/**
 * Returns whether the weight of every branch is the sum of its two children. Converters of LightGBM and scikit-learn write 1
 * at every node; Shapley values with such weights would be wrong by several orders of magnitude.
 */
function hasAddingWeights({ feature, left, right, weight }: Tree): boolean {
  return feature.every((column, node) => {
    if (column === LEAF) return true;
    const sum = (weight[left[node] ?? 0] ?? 0) + (weight[right[node] ?? 0] ?? 0);
    return sum > 0 && Math.abs((weight[node] ?? 0) - sum) <= weightTolerance * sum;
  });
}

function addLeaves(
  attributes: Attributes,
  trees: readonly Tree[],
  { treeIds }: { readonly treeIds: ArrayLike<number> },
): void {
  const places = new Map([...new Set(Array.from(treeIds))].map((id, at) => [id, at]));
  const ids = numbersOf(attributes.target_treeids);
  const nodes = numbersOf(attributes.target_nodeids);
  const values = numbersOf(attributes.target_weights);
  for (let at = 0; at < ids.length; at++) {
    const tree = trees[places.get(ids[at] ?? 0) ?? 0];
    const node = nodes[at] ?? 0;
    if (tree) tree.value[node] = (tree.value[node] ?? 0) + (values[at] ?? 0);
  }
}

function targetsOf({ n_targets: targets }: Attributes): number {
  return targets?.kind === "int" ? targets.value : 1;
}

/** Thresholds of stumps that separate missing values, rises and falls (`shared/candidates/graph.ts`, `graph-changes.ts`). */
const writtenThresholds: ReadonlySet<number> = new Set([THRESHOLD_MAX, 0, -SMALLEST_NORMAL]);

/**
 * Returns the function of a stump that the trainer writes: one split at a written threshold, with 0 on one side and without training
 * weights. It was not learned. Returns null for any other trees.
 */
export function readStump(attributes: Attributes): ((value: number) => number) | null {
  const forest = hasWeights(attributes) ? null : readTrees(attributes);
  if (forest === null || typeof forest === "string") return null;
  const [tree, second] = forest.trees;
  if (tree === undefined || second !== undefined || forest.base !== 0) return null;
  const { feature, threshold, left, right, value: values } = tree;
  const isSplit = feature.length === 3 && feature[0] === 0 && writtenThresholds.has(threshold[0] ?? Number.NaN);
  const sides = [values[left[0] ?? 0], values[right[0] ?? 0]];
  if (!isSplit || !sides.includes(0)) return null;
  // As the engine compares: in float32.
  return (value) => values[leafOf(tree, Float32Array.of(value), { offset: 0, stride: 1 })] ?? 0;
}

export function numbersOf(attribute: Attribute | undefined): ArrayLike<number> {
  return attribute?.kind === "floats" || attribute?.kind === "ints" ? attribute.values : [];
}
