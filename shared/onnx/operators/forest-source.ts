/** The attributes of TreeEnsembleRegressor and TreeEnsembleClassifier (ai.onnx.ml 1–3) as positions instead of names. */
import { type ForestSource, MODE, MODES } from "./forest-layout.ts";
import type { OperatorNode } from "./operator.ts";

/** Consecutive nodes of one tree. */
interface Run {
  readonly start: number;
  readonly end: number;
  /** Node ids to positions, where they are not simply 0, 1, 2 … */
  readonly positions: ReadonlyMap<number, number> | null;
}

function int32(node: OperatorNode, name: string, length: number | null): Int32Array {
  const values = node.ints(name);
  if (length !== null && values.length !== length) node.malformed(`${values.length} ${name}`, `${length}`);
  if (values instanceof Int32Array) return values;
  const copy = Int32Array.from(values);
  if (copy.some((value, i) => value !== values[i])) node.unsupported(`${name} beyond 32 bits`, "smaller numbers");
  return copy;
}

function modesOf(node: OperatorNode): Uint8Array {
  const names = node.strings("nodes_modes");
  if (names.length > node.limits.treeNodesMax) {
    node.refuse("too-large", `${names.length} nodes`, `at most ${node.limits.treeNodesMax}`);
  }
  const known = new Map<string, number>(MODES.map((mode, number) => [mode, number]));
  return Uint8Array.from(names, (name) => known.get(name) ?? node.unsupported(`mode ${name}`, MODES.join(", ")));
}

function positionsOf(node: OperatorNode, nodeIds: Int32Array, run: { start: number; end: number }): Run["positions"] {
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

function runsOf(node: OperatorNode, treeIds: Int32Array): ReadonlyMap<number, Run> {
  const nodeIds = int32(node, "nodes_nodeids", treeIds.length);
  const runs = new Map<number, Run>();
  for (let start = 0, end = 0; start < treeIds.length; start = end) {
    const id = treeIds[start] ?? 0;
    for (end = start + 1; treeIds[end] === id; ) end++;
    if (runs.has(id)) node.unsupported(`tree ${id} in two places`, "the nodes of a tree side by side");
    runs.set(id, { start, end, positions: positionsOf(node, nodeIds, { start, end }) });
  }
  return runs;
}

/** −1 where there is none. */
function positionIn(run: Run, id: number): number {
  if (run.positions !== null) return run.positions.get(id) ?? -1;
  return id >= 0 && id < run.end - run.start ? run.start + id : -1;
}

function childrenOf(
  node: OperatorNode,
  name: string,
  found: { runs: ReadonlyMap<number, Run>; modes: Uint8Array },
): Int32Array {
  const ids = int32(node, name, found.modes.length);
  const positions = new Int32Array(ids.length);
  for (const [tree, run] of found.runs) {
    for (let i = run.start; i < run.end; i++) {
      if (found.modes[i] === MODE.leaf) continue;
      const position = positionIn(run, ids[i] ?? -1);
      if (position < 0) node.malformed(`child ${ids[i]} in tree ${tree}`, "a node of the tree");
      positions[i] = position;
    }
  }
  return positions;
}

type Weights = Pick<ForestSource, "weightStarts" | "weightTargets" | "weights">;

/** The leaf that each weight belongs to; −1 for weights at splits, which old converters wrote and runtimes ignore. */
function leavesOf(
  node: OperatorNode,
  prefix: string,
  found: { runs: ReadonlyMap<number, Run>; modes: Uint8Array },
): Int32Array {
  const treeIds = int32(node, `${prefix}_treeids`, null);
  const nodeIds = int32(node, `${prefix}_nodeids`, treeIds.length);
  const leaves = new Int32Array(treeIds.length);
  let run: Run | undefined;
  let runId = -1;
  for (let i = 0; i < treeIds.length; i++) {
    const tree = treeIds[i] ?? 0;
    if (run === undefined || tree !== runId) run = found.runs.get(tree);
    runId = tree;
    const position = run === undefined ? -1 : positionIn(run, nodeIds[i] ?? -1);
    if (position < 0) node.malformed(`a weight for node ${nodeIds[i]} of tree ${tree}`, "an existing node");
    leaves[i] = found.modes[position] === MODE.leaf ? position : -1;
  }
  return leaves;
}

/** Groups the weights by leaf, in the order of the file within a leaf: a counting sort. */
function weightsOf(
  node: OperatorNode,
  prefix: string,
  found: { runs: ReadonlyMap<number, Run>; modes: Uint8Array; targets: number },
): Weights {
  const leaves = leavesOf(node, prefix, found);
  const targets = int32(node, `${prefix}_ids`, leaves.length);
  const values = node.floats(`${prefix}_weights`);
  if (values.length !== leaves.length) node.malformed(`${values.length} ${prefix}_weights`, `${leaves.length}`);
  const starts = new Int32Array(found.modes.length + 1);
  for (const leaf of leaves) if (leaf >= 0) starts[leaf + 1] = (starts[leaf + 1] ?? 0) + 1;
  for (let i = 1; i < starts.length; i++) starts[i] = (starts[i] ?? 0) + (starts[i - 1] ?? 0);
  const next = starts.slice();
  const weightTargets = new Int32Array(starts.at(-1) ?? 0);
  const weights = new Float32Array(weightTargets.length);
  leaves.forEach((leaf, i) => {
    if (leaf < 0) return;
    const target = targets[i] ?? 0;
    if (target < 0 || target >= found.targets) node.malformed(`target ${target}`, `one below ${found.targets}`);
    const at = next[leaf] ?? 0;
    const first = starts[leaf] ?? 0;
    if (at > first && weightTargets.subarray(first, at).includes(target)) {
      node.malformed(`target ${target} twice in a leaf`, "once");
    }
    next[leaf] = at + 1;
    weightTargets[at] = target;
    weights[at] = values[i] ?? 0;
  });
  return { weightStarts: starts, weightTargets, weights };
}

/** `prefix` is "target" or "class". Refuses lists of different lengths, ids that do not exist, and double thresholds. */
export function forestSourceOf(node: OperatorNode, prefix: "target" | "class", targets: number): ForestSource {
  const modes = modesOf(node);
  const count = modes.length;
  if (count === 0) return node.malformed("no nodes", "at least one");
  const runs = runsOf(node, int32(node, "nodes_treeids", count));
  const trueNodes = childrenOf(node, "nodes_truenodeids", { runs, modes });
  const falseNodes = childrenOf(node, "nodes_falsenodeids", { runs, modes });
  const thresholds = node.floats("nodes_values");
  if (thresholds.length !== count) node.malformed(`${thresholds.length} nodes_values`, `${count}`);
  const tracking = "nodes_missing_value_tracks_true";
  const missingTrue = node.ints(tracking).length === 0 ? null : int32(node, tracking, count);
  return {
    roots: Int32Array.from(runs.values(), (run) => run.start),
    modes,
    features: int32(node, "nodes_featureids", count),
    thresholds,
    missingTrue,
    trueNodes,
    falseNodes,
    ...weightsOf(node, prefix, { runs, modes, targets }),
  };
}
