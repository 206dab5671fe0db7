/**
 * Converts the trees of `shared/models` to the attributes of a TreeEnsembleRegressor (ai.onnx.ml 3).
 *
 * onnxruntime starts each row's sum at 0, adds the trees' float32 values in file order, divides for AVERAGE, and adds
 * the base value last, all in float32. `predictEnsemble` does the same, so both give the same bits.
 */
import { type Ensemble, LEAF, type Tree } from "../models/tree.ts";
import { type Attributes, floats, int, ints, string, strings } from "./graph.ts";

/** A tree with the value 0, for an ensemble without trees: the format requires at least one tree. */
const NOTHING: Tree = {
  feature: Int32Array.of(LEAF),
  threshold: new Float32Array(1),
  missingLeft: new Uint8Array(1),
  left: Int32Array.of(LEAF),
  right: Int32Array.of(LEAF),
  value: new Float32Array(1),
  weight: new Float64Array(1),
};

interface Columns {
  readonly featureIds: Int32Array;
  readonly falseNodeIds: Int32Array;
  readonly trueNodeIds: Int32Array;
  /** Training weight of each node. Runtimes ignore it; explanations need it. */
  readonly hitRates: Float32Array;
  readonly missingTracksTrue: Int32Array;
  readonly modes: string[];
  readonly nodeIds: Int32Array;
  readonly treeIds: Int32Array;
  readonly values: Float32Array;
  readonly targetNodeIds: Int32Array;
  readonly targetTreeIds: Int32Array;
  readonly targetWeights: Float32Array;
}

function leavesOf(tree: Tree): number {
  return tree.feature.reduce((count, feature) => count + (feature < 0 ? 1 : 0), 0);
}

function columnsFor(trees: readonly Tree[]): Columns {
  const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const leaves = trees.reduce((sum, tree) => sum + leavesOf(tree), 0);
  return {
    featureIds: new Int32Array(nodes),
    falseNodeIds: new Int32Array(nodes),
    trueNodeIds: new Int32Array(nodes),
    hitRates: new Float32Array(nodes),
    missingTracksTrue: new Int32Array(nodes),
    modes: new Array<string>(nodes).fill("LEAF"),
    nodeIds: new Int32Array(nodes),
    treeIds: new Int32Array(nodes),
    values: new Float32Array(nodes),
    targetNodeIds: new Int32Array(leaves),
    targetTreeIds: new Int32Array(leaves),
    targetWeights: new Float32Array(leaves),
  };
}

/** Returns a tree's nodes in preorder, left child first, so that a reader can lay them out in file order. O(nodes). */
function preorder({ feature, left, right }: Tree): Int32Array {
  const order = new Int32Array(feature.length);
  const waiting: number[] = [];
  let node: number | undefined = 0;
  for (let place = 0; node !== undefined; place++) {
    order[place] = node;
    const isLeaf: boolean = (feature[node] ?? LEAF) < 0;
    if (!isLeaf) waiting.push(right[node] ?? 0);
    node = isLeaf ? waiting.pop() : left[node];
  }
  return order;
}

/** Writes a tree into the columns from `at.node` and `at.leaf`, and advances both past the tree. */
function addTree(columns: Columns, tree: Tree, at: { id: number; node: number; leaf: number }): void {
  const order = preorder(tree);
  const places = new Int32Array(order.length);
  for (const [place, node] of order.entries()) places[node] = place;
  for (const [place, node] of order.entries()) {
    const position = at.node + place;
    columns.nodeIds[position] = place;
    columns.treeIds[position] = at.id;
    columns.hitRates[position] = tree.weight[node] ?? 0;
    const feature = tree.feature[node] ?? LEAF;
    if (feature < 0) {
      columns.targetNodeIds[at.leaf] = place;
      columns.targetTreeIds[at.leaf] = at.id;
      columns.targetWeights[at.leaf++] = tree.value[node] ?? 0;
      continue;
    }
    columns.modes[position] = "BRANCH_LEQ";
    columns.featureIds[position] = feature;
    columns.values[position] = tree.threshold[node] ?? 0;
    columns.trueNodeIds[position] = places[tree.left[node] ?? 0] ?? 0;
    columns.falseNodeIds[position] = places[tree.right[node] ?? 0] ?? 0;
    columns.missingTracksTrue[position] = tree.missingLeft[node] ?? 0;
  }
  at.node += order.length;
  at.id++;
}

/** Returns the attributes of one node from float32 [N, columns] to float32 [N, 1]. O(nodes). */
export function ensembleAttributes(ensemble: Ensemble): Attributes {
  const trees = ensemble.trees.length > 0 ? ensemble.trees : [NOTHING];
  const columns = columnsFor(trees);
  const at = { id: 0, node: 0, leaf: 0 };
  for (const tree of trees) addTree(columns, tree, at);
  return {
    aggregate_function: string(ensemble.aggregate === "average" ? "AVERAGE" : "SUM"),
    base_values: floats([ensemble.base]),
    n_targets: int(1),
    nodes_falsenodeids: ints(columns.falseNodeIds),
    nodes_featureids: ints(columns.featureIds),
    ...(columns.hitRates.some((rate) => rate > 0) && { nodes_hitrates: floats(columns.hitRates) }),
    nodes_missing_value_tracks_true: ints(columns.missingTracksTrue),
    nodes_modes: strings(columns.modes),
    nodes_nodeids: ints(columns.nodeIds),
    nodes_treeids: ints(columns.treeIds),
    nodes_truenodeids: ints(columns.trueNodeIds),
    nodes_values: floats(columns.values),
    post_transform: string("NONE"),
    target_ids: ints(new Int32Array(columns.targetWeights.length)),
    target_nodeids: ints(columns.targetNodeIds),
    target_treeids: ints(columns.targetTreeIds),
    target_weights: floats(columns.targetWeights),
  };
}
