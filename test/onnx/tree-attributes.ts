/** Builds attributes of tree ensembles that use parts of the format which Almanac's trees do not use. */
import {
  type Attribute,
  type Attributes,
  floats,
  floatTensor,
  int,
  ints,
  string,
  strings,
} from "../../shared/onnx/graph.ts";
import { MODES } from "../../shared/onnx/operators/forest-layout.ts";

type Random = () => number;

export const SPLIT_MODES = MODES.slice(0, 6);

interface RawNode {
  readonly tree: number;
  id: number;
  mode: string;
  feature: number;
  value: number;
  missing: number;
  whenTrue: RawNode | null;
  whenFalse: RawNode | null;
}

export interface RawOptions {
  readonly trees: number;
  readonly columns: number;
  readonly targets: number;
  readonly modes: readonly string[];
  readonly depthMax: number;
  readonly missing: boolean;
  /** Targets with a weight in a leaf: all of them, or a random part. */
  readonly partial: boolean;
  /** Draws one weight. */
  readonly weight: (random: Random) => number;
}

const THRESHOLDS = [0, -0, 0.5, 1, 2, 1e-45, -1e-45, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const pick = <Item>(random: Random, items: readonly Item[], fallback: Item): Item =>
  items[Math.floor(random() * items.length)] ?? fallback;

function grow(random: Random, options: RawOptions, at: { tree: number; depth: number }): RawNode {
  const { tree, depth } = at;
  const isLeaf = depth >= options.depthMax || random() < 0.25;
  const children = () => grow(random, options, { tree, depth: depth + 1 });
  return {
    tree,
    id: 0,
    mode: isLeaf ? "LEAF" : pick(random, options.modes, "BRANCH_LEQ"),
    feature: isLeaf ? 0 : Math.floor(random() * options.columns),
    value: isLeaf ? 0 : pick(random, THRESHOLDS, 0),
    missing: random() < 0.5 ? 1 : 0,
    whenTrue: isLeaf ? null : children(),
    whenFalse: isLeaf ? null : children(),
  };
}

function flatten(node: RawNode): RawNode[] {
  return [node, ...(node.whenTrue ? flatten(node.whenTrue) : []), ...(node.whenFalse ? flatten(node.whenFalse) : [])];
}

/** Renumbers the nodes of a tree in random order. The root stays the first entry. */
function shuffled(random: Random, nodes: RawNode[], keepIds: boolean): RawNode[] {
  const [root, ...others] = nodes;
  const order = keepIds
    ? others
    : others
        .map((node) => ({ node, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ node }) => node);
  const all = root === undefined ? [] : [root, ...order];
  const ids = all.map((_, i) => ({ i, key: keepIds ? i : random() })).sort((a, b) => a.key - b.key);
  all.forEach((node, i) => {
    node.id = ids[i]?.i ?? 0;
  });
  return all;
}

export interface RawForest {
  readonly nodes: readonly RawNode[];
  /** One entry per weight. */
  readonly weights: readonly { readonly node: RawNode; readonly target: number; readonly weight: number }[];
}

export function rawForest(random: Random, options: RawOptions, keepIds: boolean): RawForest {
  const nodes = Array.from({ length: options.trees }, (_, tree) =>
    shuffled(random, flatten(grow(random, options, { tree, depth: 0 })), keepIds),
  ).flat();
  const weights = nodes
    .filter(({ mode }) => mode === "LEAF")
    .flatMap((node) => {
      const targets = Array.from({ length: options.targets }, (_, target) => target);
      const chosen = options.partial ? targets.filter(() => random() < 0.7) : targets;
      return (chosen.length > 0 ? chosen : [0]).map((target) => ({ node, target, weight: options.weight(random) }));
    });
  return { nodes, weights };
}

const list = <Item>(items: readonly Item[], of: (item: Item) => number): Attribute => ints(items.map(of));

/** Builds attributes for TreeEnsembleRegressor ("target") or TreeEnsembleClassifier ("class"). */
export function attributesOf({ nodes, weights }: RawForest, prefix: "target" | "class", missing: boolean): Attributes {
  return {
    nodes_treeids: list(nodes, (node) => node.tree),
    nodes_nodeids: list(nodes, (node) => node.id),
    nodes_featureids: list(nodes, (node) => node.feature),
    nodes_modes: strings(nodes.map((node) => node.mode)),
    nodes_values: floats(nodes.map((node) => node.value)),
    nodes_truenodeids: list(nodes, (node) => node.whenTrue?.id ?? 0),
    nodes_falsenodeids: list(nodes, (node) => node.whenFalse?.id ?? 0),
    ...(missing ? { nodes_missing_value_tracks_true: list(nodes, (node) => node.missing) } : {}),
    [`${prefix}_treeids`]: list(weights, ({ node }) => node.tree),
    [`${prefix}_nodeids`]: list(weights, ({ node }) => node.id),
    [`${prefix}_ids`]: list(weights, ({ target }) => target),
    [`${prefix}_weights`]: floats(weights.map(({ weight }) => weight)),
  };
}

const TRANSFORMS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"];
const AGGREGATES = ["AVERAGE", "SUM", "MIN", "MAX"];

export function regressorAttributes(
  forest: RawForest,
  options: { targets: number; aggregate: string; transform: string; missing: boolean; base: readonly number[] },
): Attributes {
  return {
    ...attributesOf(forest, "target", options.missing),
    n_targets: int(options.targets),
    aggregate_function: string(options.aggregate),
    post_transform: string(options.transform),
    ...(options.base.length > 0 ? { base_values: floats(options.base) } : {}),
  };
}

/** Builds attributes for TreeEnsemble of ai.onnx.ml 5. Leaves have one weight there; a tree of one leaf gets a split above it. */
export function treeEnsembleAttributes(
  { nodes, weights }: RawForest,
  options: { targets: number; aggregate: string; transform: string; missing: boolean },
): Attributes {
  const splits = nodes.filter(({ mode }) => mode !== "LEAF");
  const splitAt = new Map(splits.map((node, i) => [node, i]));
  const leafAt = new Map(weights.map(({ node }, i) => [node, i]));
  const at = (node: RawNode | null) => (node === null ? 0 : (splitAt.get(node) ?? leafAt.get(node) ?? 0));
  const isLeaf = (node: RawNode | null) => (node?.mode === "LEAF" ? 1 : 0);
  const roots = nodes.filter((node, i) => nodes[i - 1]?.tree !== node.tree);
  const modeNames: readonly string[] = SPLIT_MODES;
  const modes = Uint8Array.from(splits, ({ mode }) => modeNames.indexOf(mode));
  const tensor = (values: readonly number[]): Attribute => ({ kind: "tensor", value: floatTensor("", values) });
  return {
    tree_roots: list(roots, (node) => at(node)),
    nodes_featureids: list(splits, (node) => node.feature),
    nodes_modes: { kind: "tensor", value: { name: "", type: "uint8", dims: [splits.length], data: modes } },
    nodes_splits: tensor(splits.map((node) => node.value)),
    nodes_truenodeids: list(splits, (node) => at(node.whenTrue)),
    nodes_trueleafs: list(splits, (node) => isLeaf(node.whenTrue)),
    nodes_falsenodeids: list(splits, (node) => at(node.whenFalse)),
    nodes_falseleafs: list(splits, (node) => isLeaf(node.whenFalse)),
    ...(options.missing ? { nodes_missing_value_tracks_true: list(splits, (node) => node.missing) } : {}),
    leaf_targetids: list(weights, ({ target }) => target),
    leaf_weights: tensor(weights.map(({ weight }) => weight)),
    n_targets: int(options.targets),
    aggregate_function: int(AGGREGATES.indexOf(options.aggregate)),
    post_transform: int(TRANSFORMS.indexOf(options.transform)),
  };
}
