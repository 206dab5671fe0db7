/** What a model may cost at the edge. One place for every limit; both engines are counted, for either may serve it. */

import type { Chance, Fitted } from "../candidates/fitted.ts";
import type { Ensemble } from "../models/tree.ts";

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

/** All ensembles of a model, also those inside averages and hurdles. */
export function ensemblesOf(value: Fitted, chance: Chance | null): Ensemble[] {
  const own = chance === null ? [] : [chance.ensemble];
  switch (value.kind) {
    case "last":
    case "feature":
    case "linear":
      return own;
    case "trees":
      return [value.ensemble, ...own];
    case "average":
      return [...value.members.flatMap((member) => ensemblesOf(member, null)), ...own];
    case "hurdle":
      return [value.chance.ensemble, ...ensemblesOf(value.size, null), ...own];
  }
}

export function sizeOf(bytes: number, ensembles: readonly Ensemble[]): ModelSize {
  const nodes = ensembles.flatMap(({ trees }) => trees.map((tree) => tree.feature.length));
  return {
    bytes,
    trees: nodes.length,
    nodes: nodes.reduce((sum, count) => sum + count, 0),
    squaredNodes: nodes.reduce((sum, count) => sum + count * count, 0),
  };
}
