/** Reads the attributes of a TreeEnsembleRegressor as trees with the training weight of every node. */
import { LEAF, SMALLEST_NORMAL, THRESHOLD_MAX, type Tree } from "../models/tree.ts";
import type { Attribute, Attributes } from "../onnx/graph.ts";

export interface Forest {
  readonly trees: readonly Tree[];
  readonly base: number;
  /** Whether trees are averaged. Otherwise they are summed. */
  readonly isAverage: boolean;
}

export const noTrainingWeights = "its trees do not contain training weights (nodes_hitrates)";

/** Reads a forest as `ensembleAttributes` writes it. Returns the reason if the forest has another form. O(nodes). */
export function readForest(attributes: Attributes): Forest | string {
  const text = (name: string) => (attributes[name]?.kind === "string" ? attributes[name].value : "");
  const weights = numbersOf(attributes.nodes_hitrates);
  const modes = attributes.nodes_modes?.kind === "strings" ? attributes.nodes_modes.values : [];
  if (weights.length !== modes.length) return noTrainingWeights;
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
  if (!trees.every(hasAddingWeights))
    return "its nodes_hitrates do not add up: the value of a branch is not the sum of its two children";
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

/** Returns the function of a stump that the trainer writes, with 0 on one side; null for any other trees. It was not learned. */
export function readStump(attributes: Attributes): ((value: number) => number) | null {
  const [atMost, above] = Array.from(numbersOf(attributes.target_weights));
  const threshold = numbersOf(attributes.nodes_values)[0] ?? Number.NaN;
  const missingIsAtMost = numbersOf(attributes.nodes_missing_value_tracks_true)[0] === 1;
  const isStump = numbersOf(attributes.nodes_treeids).length === 3 && writtenThresholds.has(threshold);
  if (!isStump || atMost === undefined || above === undefined || atMost * above !== 0) return null;
  return (value) => ((Number.isNaN(value) ? missingIsAtMost : value <= threshold) ? atMost : above);
}

export function numbersOf(attribute: Attribute | undefined): ArrayLike<number> {
  return attribute?.kind === "floats" || attribute?.kind === "ints" ? attribute.values : [];
}
