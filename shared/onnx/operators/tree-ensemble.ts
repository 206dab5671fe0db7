/** TreeEnsemble of ai.onnx.ml 5: nodes by position, leaves in separate lists, numbers in tensors. */
import type { Tensor } from "../graph.ts";
import { type ForestSource, type LeafWeights, layOut, MODE } from "./forest-layout.ts";
import { AGGREGATES, type ForestScoring } from "./forest-scores.ts";
import type { Operator, OperatorNode } from "./operator.ts";
import { postTransformOf } from "./post-transform.ts";
import { checkTargets, checkTransform, prepareScoring } from "./tree-ensemble-regressor.ts";

/** By number. 1 is SOFTMAX and 2 LOGISTIC in the standard, but onnxruntime 1.30 swaps them, so both are refused. */
const transforms = new Map([
  [0, "NONE"],
  [3, "SOFTMAX_ZERO"],
]);

function floatsOf(node: OperatorNode, name: string): Float32Array {
  const tensor: Tensor | null = node.tensor(name);
  if (tensor === null) return node.malformed(`no ${name}`, "a tensor");
  return tensor.type === "float" ? tensor.data : node.unsupported(`${name} of ${tensor.type}`, "float");
}

function splitModesOf(node: OperatorNode): Uint8Array {
  const tensor = node.tensor("nodes_modes");
  if (tensor === null || tensor.type !== "uint8") return node.malformed(`nodes_modes of ${tensor?.type}`, "uint8");
  if (tensor.data.length > node.limits.treeNodesMax) {
    node.refuse("too-large", `${tensor.data.length} nodes`, `at most ${node.limits.treeNodesMax}`);
  }
  const unknown = tensor.data.find((mode) => mode > MODE.neq);
  return unknown === undefined ? tensor.data : node.unsupported(`mode ${unknown}`, "0…5, comparisons with one value");
}

function intsOf(node: OperatorNode, name: string, length: number): Int32Array {
  const values = node.ints(name);
  if (values.length !== length) node.malformed(`${values.length} ${name}`, `${length}`);
  return Int32Array.from(values);
}

interface Edges {
  readonly targets: Int32Array;
  readonly isLeaf: Int32Array;
}

/**
 * Gives each edge to a leaf its own leaf, because leaves may be shared. After the n splits come n places for leaves of true
 * edges, then n places for leaves of false edges. Some places are unused.
 */
function leafPlaces(edges: readonly Edges[], splits: number): { children: Int32Array[]; leafOfPlace: Int32Array } {
  const leafOfPlace = new Int32Array(3 * splits).fill(-1);
  const children = edges.map(({ targets, isLeaf }, side) =>
    targets.map((target, i) => {
      if (isLeaf[i] === 0) return target < splits ? target : -1;
      const place = splits * (side + 1) + i;
      leafOfPlace[place] = target;
      return place;
    }),
  );
  return { children, leafOfPlace };
}

function weightsOf(node: OperatorNode, leafOfPlace: Int32Array, targets: number): LeafWeights {
  const leafWeights = floatsOf(node, "leaf_weights");
  const leafTargets = intsOf(node, "leaf_targetids", leafWeights.length);
  const wrong = leafTargets.find((target) => target < 0 || target >= targets);
  if (wrong !== undefined) node.malformed(`target ${wrong}`, `one below ${targets}`);
  const used = leafOfPlace.filter((leaf) => leaf >= 0);
  const missing = used.find((leaf) => leaf >= leafWeights.length);
  if (missing !== undefined) node.malformed(`leaf ${missing} of ${leafWeights.length}`, "an existing one");
  const starts = new Int32Array(leafOfPlace.length + 1);
  leafOfPlace.forEach((leaf, place) => {
    starts[place + 1] = (starts[place] ?? 0) + (leaf >= 0 ? 1 : 0);
  });
  return {
    kind: "lists",
    starts,
    targets: Int32Array.from(used, (leaf) => leafTargets[leaf] ?? 0),
    values: Float32Array.from(used, (leaf) => leafWeights[leaf] ?? 0),
  };
}

function sourceOf(node: OperatorNode, targets: number): ForestSource {
  const splitModes = splitModesOf(node);
  const splits = splitModes.length;
  const side = (name: "true" | "false"): Edges => ({
    targets: intsOf(node, `nodes_${name}nodeids`, splits),
    isLeaf: intsOf(node, `nodes_${name}leafs`, splits),
  });
  const { children, leafOfPlace } = leafPlaces([side("true"), side("false")], splits);
  const [trueIds, falseIds] = children;
  const modes = new Uint8Array(3 * splits).fill(MODE.leaf);
  modes.set(splitModes);
  const thresholds = floatsOf(node, "nodes_splits");
  if (thresholds.length !== splits) node.malformed(`${thresholds.length} nodes_splits`, `${splits}`);
  const roots = Int32Array.from(node.ints("tree_roots"));
  if (roots.length === 0) node.malformed("no tree_roots", "at least one");
  const tracking = "nodes_missing_value_tracks_true";
  return {
    trees: Array.from(roots, (root) => ({
      start: 0,
      end: 3 * splits,
      root: root < splits ? root : -1,
      positions: null,
    })),
    modes,
    features: intsOf(node, "nodes_featureids", splits),
    thresholds,
    missingTrue: node.ints(tracking).length === 0 ? null : intsOf(node, tracking, splits),
    trueIds: trueIds ?? new Int32Array(0),
    falseIds: falseIds ?? new Int32Array(0),
    leaves: weightsOf(node, leafOfPlace, targets),
  };
}

export const treeEnsemble: Operator = {
  name: "TreeEnsemble",
  domain: "ai.onnx.ml",
  attributes: [
    "aggregate_function",
    "leaf_targetids",
    "leaf_weights",
    "n_targets",
    "nodes_falseleafs",
    "nodes_falsenodeids",
    "nodes_featureids",
    "nodes_hitrates",
    "nodes_missing_value_tracks_true",
    "nodes_modes",
    "nodes_splits",
    "nodes_trueleafs",
    "nodes_truenodeids",
    "post_transform",
    "tree_roots",
  ],
  note: "float; comparisons with one value, not BRANCH_MEMBER; all aggregates; post_transform 0, or 3 with several targets: onnxruntime swaps 1 and 2",
  prepare(node) {
    const targets = checkTargets(node, node.int("n_targets", 1));
    const number = node.int("aggregate_function", 1);
    const aggregate = AGGREGATES[number] ?? node.malformed(`aggregate_function ${number}`, "0…3");
    const transformNumber = node.int("post_transform", 0);
    const scoring: ForestScoring = {
      forest: layOut(node, sourceOf(node, targets)),
      targets,
      aggregate,
      baseValues: new Float32Array(0),
      transform: postTransformOf(
        node,
        transforms.get(transformNumber) ??
          node.unsupported(`post_transform ${transformNumber}`, "0, or 3 (SOFTMAX_ZERO)"),
      ),
    };
    return prepareScoring(node, checkTransform(node, scoring));
  },
};
