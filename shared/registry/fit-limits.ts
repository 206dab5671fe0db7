/** What a model may cost at the edge. One place for every limit; both engines are counted, for either may serve it. */

import type { Graph, Node } from "../onnx/graph.ts";

export interface ModelSize {
  readonly bytes: number;
  readonly trees: number;
  readonly nodes: number;
  /** Σ (nodes of a tree)², which onnxruntime's loading time grows with. */
  readonly squaredNodes: number;
}

export const edgeLimits = {
  /** A download of this size is felt in the first answer of a region. */
  bytesMax: 8 * 1024 * 1024,
  nodesMax: 100_000,
  /** onnxruntime-web: about 4 ns a squared node. */
  loadMsMax: 500,
  /** Of 128 MB an isolate, for one model among several; onnxruntime-web takes about 0.5 KB a node. */
  memoryBytesMax: 64 * 1024 * 1024,
} as const;

const nsPerSquaredNode = 4;
const onnxBytesPerNode = 512;
/** Six typed arrays a node in our own engine. */
const engineBytesPerNode = 24;

export interface Estimate extends ModelSize {
  readonly loadMs: number;
  readonly onnxMemoryBytes: number;
  readonly engineMemoryBytes: number;
}

export function estimate(size: ModelSize): Estimate {
  return {
    ...size,
    loadMs: (size.squaredNodes * nsPerSquaredNode) / 1e6,
    onnxMemoryBytes: size.bytes + size.nodes * onnxBytesPerNode,
    engineMemoryBytes: size.bytes + size.nodes * engineBytesPerNode,
  };
}

/** Each limit that is broken, as a sentence with the number and what to change; none for a model that fits. */
export function misfitsOf(size: ModelSize): string[] {
  const { loadMs, onnxMemoryBytes } = estimate(size);
  const { bytesMax, nodesMax, loadMsMax, memoryBytesMax } = edgeLimits;
  const smaller = "lower `trees` or `iterations`, `leavesMax` or `depthMax`, or raise `leafRowsMin`";
  const misfits = [
    { breaks: size.bytes > bytesMax, text: `The file has ${mb(size.bytes)}; at most ${mb(bytesMax)} fit: ${smaller}.` },
    { breaks: size.nodes > nodesMax, text: `The trees have ${size.nodes} nodes; at most ${nodesMax} fit: ${smaller}.` },
    {
      breaks: loadMs > loadMsMax,
      text: `onnxruntime-web would need about ${Math.round(loadMs)} ms to load it; at most ${loadMsMax} are allowed. Its time grows with the square of the nodes of a tree: lower \`leavesMax\` or \`depthMax\`.`,
    },
    {
      breaks: onnxMemoryBytes > memoryBytesMax,
      text: `onnxruntime-web would need about ${mb(onnxMemoryBytes)}; at most ${mb(memoryBytesMax)} fit: ${smaller}.`,
    },
  ];
  return misfits.filter(({ breaks }) => breaks).map(({ text }) => text);
}

function mb(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

/** What a graph's tree ensembles come to, whichever tool made it. O(nodes). */
export function sizeOf(graph: Graph, bytes: number): ModelSize {
  const nodesOfTrees = graph.nodes.flatMap(treeSizes);
  return {
    bytes,
    trees: nodesOfTrees.length,
    nodes: nodesOfTrees.reduce((sum, count) => sum + count, 0),
    squaredNodes: nodesOfTrees.reduce((sum, count) => sum + count * count, 0),
  };
}

/** How many nodes each tree of one operator has; none for an operator without trees. */
function treeSizes({ op, attributes }: Node): number[] {
  const lengthOf = (name: string) => {
    const attribute = attributes[name];
    if (attribute?.kind === "ints" || attribute?.kind === "floats") return attribute.values.length;
    return attribute?.kind === "tensor" ? attribute.value.data.length : 0;
  };
  if (op === "TreeEnsemble") {
    // Its trees are told apart by their roots alone: taken as equally large.
    const trees = lengthOf("tree_roots");
    const nodes = lengthOf("nodes_splits") + lengthOf("leaf_weights");
    return Array.from({ length: trees }, () => nodes / trees);
  }
  const ids = attributes.nodes_treeids;
  if (ids?.kind !== "ints") return [];
  const counts = new Map<number, number>();
  const { values } = ids;
  for (let node = 0; node < values.length; node++) {
    const tree = values[node] ?? 0;
    counts.set(tree, (counts.get(tree) ?? 0) + 1);
  }
  return [...counts.values()];
}
