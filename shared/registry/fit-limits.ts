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
  /** Of the first answer of an isolate. */
  loadMsMax: 500,
  /** Of 128 MB an isolate, for one model among several. */
  memoryBytesMax: 64 * 1024 * 1024,
} as const;

/**
 * Measured on a 2-core machine. onnxruntime-web loads in about 4 ns a squared node and keeps 0.5 KB a node; our engine reads
 * 600,000 nodes in 150 ms, with 60 bytes each while it does.
 */
const engines = {
  "onnxruntime-web": { nsPerNode: 0, nsPerSquaredNode: 4, bytesPerNode: 512 },
  "our engine": { nsPerNode: 250, nsPerSquaredNode: 0, bytesPerNode: 60 },
} as const;

export interface Estimate {
  readonly engine: keyof typeof engines;
  readonly loadMs: number;
  readonly memoryBytes: number;
}

/** What loading costs an engine, about. O(1). */
export function engineNeed(engine: Estimate["engine"], { bytes, nodes, squaredNodes }: ModelSize): Estimate {
  const { nsPerNode, nsPerSquaredNode, bytesPerNode } = engines[engine];
  return {
    engine,
    loadMs: (nodes * nsPerNode + squaredNodes * nsPerSquaredNode) / 1e6,
    memoryBytes: bytes + nodes * bytesPerNode,
  };
}

const names = ["onnxruntime-web", "our engine"] as const;
const smaller = "lower `trees` or `iterations`, `leavesMax` or `depthMax`, or raise `leafRowsMin`";

/** Each limit that is broken, as a sentence with the number and what to change; none for a model that fits all of these engines. */
export function misfitsOf(size: ModelSize, by: readonly Estimate["engine"][] = names): string[] {
  const { bytesMax, nodesMax, loadMsMax, memoryBytesMax } = edgeLimits;
  const misfits = [
    { breaks: size.bytes > bytesMax, text: `The file has ${mb(size.bytes)}; at most ${mb(bytesMax)} fit: ${smaller}.` },
    {
      breaks: size.nodes > nodesMax,
      text: `The trees have ${thousands(size.nodes)} nodes; at most ${thousands(nodesMax)} fit: ${smaller}.`,
    },
    ...by
      .map((engine) => engineNeed(engine, size))
      .flatMap(({ engine, loadMs, memoryBytes }) => [
        {
          breaks: loadMs > loadMsMax,
          text: `${engine} would need about ${thousands(Math.round(loadMs))} ms to load it; at most ${loadMsMax} are allowed: ${
            engines[engine].nsPerSquaredNode > 0
              ? "its time grows with the square of the nodes of a tree, so lower `leavesMax` or `depthMax`"
              : smaller
          }.`,
        },
        {
          breaks: memoryBytes > memoryBytesMax,
          text: `${engine} would need about ${mb(memoryBytes)}; at most ${mb(memoryBytesMax)} fit: ${smaller}.`,
        },
      ]),
  ];
  return misfits.filter(({ breaks }) => breaks).map(({ text }) => text);
}

function mb(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

/** 382188 → 382,188 */
function thousands(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** The size of a file of any tool, by the trees that its nodes describe. O(tree nodes). */
export function sizeOfGraph(bytes: number, { nodes }: Pick<Graph, "nodes">): ModelSize {
  const trees = nodes.flatMap(treesOf);
  return {
    bytes,
    trees: trees.length,
    nodes: trees.reduce((sum, count) => sum + count, 0),
    squaredNodes: trees.reduce((sum, count) => sum + count * count, 0),
  };
}

/** Nodes of each tree of one operator: by tree ids, or, in TreeEnsemble of ai.onnx.ml 5, by roots in ascending order. */
function treesOf({ attributes }: Node): number[] {
  const numbers = (name: string) => {
    const attribute = attributes[name];
    return attribute?.kind === "ints" ? Array.from(attribute.values) : [];
  };
  const counts = new Map<number, number>();
  for (const tree of numbers("nodes_treeids")) counts.set(tree, (counts.get(tree) ?? 0) + 1);
  const roots = numbers("tree_roots").sort((a, b) => a - b);
  const splits = numbers("nodes_featureids").length;
  // A tree of n splits has n + 1 leaves, which this operator keeps apart.
  const byRoot = roots.map((root, tree) => 2 * ((roots[tree + 1] ?? splits) - root) + 1);
  return [...counts.values(), ...byRoot];
}
