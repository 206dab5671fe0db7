/** Reads the attributes of TreeEnsembleRegressor and TreeEnsembleClassifier (ai.onnx.ml 1–3), with positions for ids. */
import type { CodedTexts } from "../graph.ts";
import {
  type ForestSource,
  type Ints,
  type LeafWeights,
  MODE,
  MODES,
  positionIn,
  type TreeSpan,
} from "./forest-layout.ts";
import type { OperatorNode } from "./operator.ts";

function int32(node: OperatorNode, name: string, length: number | null): Ints {
  const values = node.ints(name);
  if (length !== null && values.length !== length) node.malformed(`${values.length} ${name}`, `${length}`);
  if (values instanceof Int32Array || values instanceof Uint8Array) return values;
  const copy = Int32Array.from(values);
  if (copy.some((value, i) => value !== values[i])) node.unsupported(`${name} beyond 32 bits`, "smaller numbers");
  return copy;
}

const modeNames: readonly string[] = MODES;

function modesOf(node: OperatorNode): Uint8Array {
  const { texts, codes } = node.coded("nodes_modes") ?? codedTexts(node.strings("nodes_modes"));
  const { treeNodesMax } = node.limits;
  if (codes.length > treeNodesMax) node.refuse("too-large", `${codes.length} nodes`, `at most ${treeNodesMax}`);
  const numbers = Uint8Array.from(texts, (text) => {
    const mode: number = modeNames.indexOf(text);
    return mode >= 0 ? mode : node.unsupported(`mode ${text}`, MODES.join(", "));
  });
  const modes = new Uint8Array(codes.length);
  for (let i = 0; i < codes.length; i++) modes[i] = numbers[codes[i] ?? 0] ?? 0;
  return modes;
}

/** Codes the texts. Texts beyond the number of modes share one code, which is refused later. */
function codedTexts(names: readonly string[]): CodedTexts {
  const texts = [...new Set(names)].slice(0, MODES.length + 1);
  const codes = new Map(texts.map((text, code) => [text, code]));
  return { texts, codes: Uint8Array.from(names, (name) => codes.get(name) ?? MODES.length) };
}

function positionsOf(node: OperatorNode, nodeIds: Ints, run: { start: number; end: number }): TreeSpan["positions"] {
  const { start, end } = run;
  let plain = true;
  for (let i = start; i < end && plain; i++) plain = nodeIds[i] === i - start;
  if (plain) return null;
  const positions = new Map<number, number>();
  for (let i = start; i < end; i++) {
    const id = nodeIds[i] ?? 0;
    if (positions.has(id)) node.malformed(`node ${id} twice in a tree`, "once");
    positions.set(id, i);
  }
  return positions;
}

function runsOf(node: OperatorNode, treeIds: Ints): ReadonlyMap<number, TreeSpan> {
  const nodeIds = int32(node, "nodes_nodeids", treeIds.length);
  const runs = new Map<number, TreeSpan>();
  for (let start = 0, end = 0; start < treeIds.length; start = end) {
    const id = treeIds[start] ?? 0;
    for (end = start + 1; treeIds[end] === id; ) end++;
    if (runs.has(id)) node.unsupported(`tree ${id} in two places`, "the nodes of a tree side by side");
    runs.set(id, { start, end, root: start, positions: positionsOf(node, nodeIds, { start, end }) });
  }
  return runs;
}

interface Found {
  readonly runs: ReadonlyMap<number, TreeSpan>;
  readonly modes: Uint8Array;
  readonly targets: number;
}

/** Calls `take` with every weight of a leaf. Old converters wrote some weights at splits, which runtimes ignore. */
function forEachWeight(
  node: OperatorNode,
  prefix: string,
  found: Found & { take: (leaf: number, target: number, weight: number) => void },
) {
  const treeIds = int32(node, `${prefix}_treeids`, null);
  const nodeIds = int32(node, `${prefix}_nodeids`, treeIds.length);
  const targets = int32(node, `${prefix}_ids`, treeIds.length);
  const weights = node.floats(`${prefix}_weights`);
  if (weights.length !== treeIds.length) node.malformed(`${weights.length} ${prefix}_weights`, `${treeIds.length}`);
  let run: TreeSpan | undefined;
  let runId = -1;
  for (let i = 0; i < treeIds.length; i++) {
    const tree = treeIds[i] ?? 0;
    if (run === undefined || tree !== runId) run = found.runs.get(tree);
    runId = tree;
    const position = run === undefined ? -1 : positionIn(run, nodeIds[i] ?? -1);
    if (position < 0) node.malformed(`a weight for node ${nodeIds[i]} of tree ${tree}`, "an existing node");
    if (found.modes[position] !== MODE.leaf) continue;
    const target = targets[i] ?? 0;
    if (target < 0 || target >= found.targets) node.malformed(`target ${target}`, `one below ${found.targets}`);
    found.take(position, target, weights[i] ?? 0);
  }
}

function singleWeights(node: OperatorNode, prefix: string, found: Found): LeafWeights {
  const values = new Float32Array(found.modes.length);
  const isGiven = new Uint8Array(found.modes.length);
  const take = (leaf: number, target: number, weight: number) => {
    if (isGiven[leaf] === 1) node.malformed(`target ${target} twice in a leaf`, "once");
    isGiven[leaf] = 1;
    values[leaf] = weight;
  };
  forEachWeight(node, prefix, { ...found, take });
  return { kind: "single", values, isGiven };
}

/** Groups the weights by leaf with a counting sort. Within a leaf they have the order of the file. */
function listedWeights(node: OperatorNode, prefix: string, found: Found): LeafWeights {
  const starts = new Int32Array(found.modes.length + 1);
  const count = (leaf: number) => {
    starts[leaf + 1] = (starts[leaf + 1] ?? 0) + 1;
  };
  forEachWeight(node, prefix, { ...found, take: count });
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const next = starts.slice();
  const targets = new Int32Array(starts.at(-1) ?? 0);
  const values = new Float32Array(targets.length);
  const put = (leaf: number, target: number, weight: number) => {
    const at = next[leaf] ?? 0;
    const first = starts[leaf] ?? 0;
    if (at > first && targets.subarray(first, at).includes(target))
      node.malformed(`target ${target} twice in a leaf`, "once");
    next[leaf] = at + 1;
    targets[at] = target;
    values[at] = weight;
  };
  forEachWeight(node, prefix, { ...found, take: put });
  return { kind: "lists", starts, targets, values };
}

export interface SourceOptions {
  readonly prefix: "target" | "class";
  readonly targets: number;
  /** One weight per leaf, for a plain sum. */
  readonly isSingle: boolean;
}

/** Reads a forest. Refuses lists of different lengths, ids that do not exist, and double thresholds. O(nodes + weights). */
export function forestSourceOf(node: OperatorNode, { prefix, targets, isSingle }: SourceOptions): ForestSource {
  const modes = modesOf(node);
  const count = modes.length;
  if (count === 0) return node.malformed("no nodes", "at least one");
  const runs = runsOf(node, int32(node, "nodes_treeids", count));
  const thresholds = node.floats("nodes_values");
  if (thresholds.length !== count) node.malformed(`${thresholds.length} nodes_values`, `${count}`);
  const tracking = "nodes_missing_value_tracks_true";
  const found = { runs, modes, targets };
  return {
    trees: Array.from(runs.values()),
    modes,
    features: int32(node, "nodes_featureids", count),
    thresholds,
    missingTrue: node.has(tracking) && node.ints(tracking).length > 0 ? int32(node, tracking, count) : null,
    trueIds: int32(node, "nodes_truenodeids", count),
    falseIds: int32(node, "nodes_falsenodeids", count),
    leaves: isSingle ? singleWeights(node, prefix, found) : listedWeights(node, prefix, found),
  };
}
