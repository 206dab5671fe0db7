/** Limits of a model's size in a Worker. A model has to fit both engines, because either may serve it. */

import type { Graph, Node } from "../onnx/graph.ts";

export interface ModelSize {
  readonly bytes: number;
  readonly trees: number;
  readonly nodes: number;
  /** Σ (nodes of a tree)². onnxruntime's loading time is proportional to it. */
  readonly squaredNodes: number;
}

export const edgeLimits = {
  /** The first answer of a region waits for the download. */
  bytesMax: 8 * 1024 * 1024,
  nodesMax: 100_000,
  /** The first answer of an isolate waits for the loading. */
  loadMsMax: 500,
  /** An isolate has 128 MB for several models. */
  memoryBytesMax: 64 * 1024 * 1024,
} as const;

/**
 * Measured on a 2-core machine. onnxruntime-web loads in about 4 ns per squared node and uses 0.5 KB per node. The
 * built-in engine reads 600,000 nodes in 150 ms and uses 60 bytes per node while reading.
 */
const engines = {
  "onnxruntime-web": { nsPerNode: 0, nsPerSquaredNode: 4, bytesPerNode: 512 },
  "the built-in engine": { nsPerNode: 250, nsPerSquaredNode: 0, bytesPerNode: 60 },
} as const;

export interface LoadEstimate {
  readonly engine: keyof typeof engines;
  readonly loadMs: number;
  readonly memoryBytes: number;
}

/** Estimates the time and memory that an engine needs to load a model. O(1). */
export function engineNeed(engine: LoadEstimate["engine"], { bytes, nodes, squaredNodes }: ModelSize): LoadEstimate {
  const { nsPerNode, nsPerSquaredNode, bytesPerNode } = engines[engine];
  return {
    engine,
    loadMs: (nodes * nsPerNode + squaredNodes * nsPerSquaredNode) / 1e6,
    memoryBytes: bytes + nodes * bytesPerNode,
  };
}

const names = ["onnxruntime-web", "the built-in engine"] as const;
const howToShrink = "Lower `trees` or `iterations`, `leavesMax` or `depthMax`, or raise `leafRowsMin`";

/** Returns one message for each exceeded limit, with the numbers and what to change. Empty for a model that fits all given engines. */
export function misfitsOf(size: ModelSize, by: readonly LoadEstimate["engine"][] = names): string[] {
  const { bytesMax, nodesMax, loadMsMax, memoryBytesMax } = edgeLimits;
  const misfits = [
    {
      breaks: size.bytes > bytesMax,
      text: `The file has ${mb(size.bytes)}, and the limit is ${mb(bytesMax)}. ${howToShrink}.`,
    },
    {
      breaks: size.nodes > nodesMax,
      text: `The trees have ${thousands(size.nodes)} nodes, and the limit is ${thousands(nodesMax)}. ${howToShrink}.`,
    },
    ...by
      .map((engine) => engineNeed(engine, size))
      .flatMap(({ engine, loadMs, memoryBytes }) => [
        {
          breaks: loadMs > loadMsMax,
          text: `${engine} would need about ${thousands(Math.round(loadMs))} ms to load it, and the limit is ${loadMsMax} ms. ${
            engines[engine].nsPerSquaredNode > 0
              ? "The time grows with the square of a tree's nodes, so lower `leavesMax` or `depthMax`"
              : howToShrink
          }.`,
        },
        {
          breaks: memoryBytes > memoryBytesMax,
          text: `${engine} would need about ${mb(memoryBytes)}, and the limit is ${mb(memoryBytesMax)}. ${howToShrink}.`,
        },
      ]),
  ];
  return misfits.filter(({ breaks }) => breaks).map(({ text }) => text);
}

function mb(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`;
}

/** Adds thousands separators: 382188 → 382,188. */
function thousands(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** Returns the size of a model file of any tool, from the tree operators of its graph. O(tree nodes). */
export function sizeOfGraph(bytes: number, { nodes }: Pick<Graph, "nodes">): ModelSize {
  const trees = nodes.flatMap(treesOf);
  return {
    bytes,
    trees: trees.length,
    nodes: trees.reduce((sum, count) => sum + count, 0),
    squaredNodes: trees.reduce((sum, count) => sum + count * count, 0),
  };
}

/** Returns the number of nodes of each tree of an operator: by tree ids, or in TreeEnsemble of ai.onnx.ml 5 by its roots. */
function treesOf({ attributes }: Node): number[] {
  const numbers = (name: string) => {
    const attribute = attributes[name];
    return attribute?.kind === "ints" ? Array.from(attribute.values) : [];
  };
  const counts = new Map<number, number>();
  for (const tree of numbers("nodes_treeids")) counts.set(tree, (counts.get(tree) ?? 0) + 1);
  const roots = numbers("tree_roots").sort((a, b) => a - b);
  const splits = numbers("nodes_featureids").length;
  // A tree with n splits has n + 1 leaves, which TreeEnsemble stores separately.
  const byRoot = roots.map((root, tree) => 2 * ((roots[tree + 1] ?? splits) - root) + 1);
  return [...counts.values(), ...byRoot];
}
