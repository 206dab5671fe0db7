/** Merges leaves to one score per target: sum, average, minimum or maximum, in float32 and tree order; adds the base value last. */
import { addForest, leafAt, OTHER, type PackedForest } from "./forest.ts";
import type { OperatorNode } from "./operator.ts";
import { type PostTransform, transformScores } from "./post-transform.ts";

export const AGGREGATES = ["AVERAGE", "SUM", "MIN", "MAX"] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export function aggregateOf(node: OperatorNode, name: string): Aggregate {
  const known = AGGREGATES.find((aggregate) => aggregate === name);
  return known ?? node.malformed(`aggregate_function ${name}`, AGGREGATES.join(", "));
}

/** Adds a weight to a score. `sofar` is null for the first weight of a target. A sum starts at 0, so −0 becomes 0. */
function merged(aggregate: Aggregate, weight: number, sofar: number | null): number {
  switch (aggregate) {
    case "SUM":
    case "AVERAGE":
      return (sofar ?? 0) + weight;
    case "MIN":
      return Math.min(weight, sofar ?? weight);
    case "MAX":
      return Math.max(weight, sofar ?? weight);
  }
}

/** Merges one row's leaf weights into its scores. `seen` is 1 for targets that have a score. */
export function mergeLeaf(
  forest: PackedForest,
  leaf: number,
  into: {
    readonly scores: Float32Array;
    readonly seen: Uint8Array;
    readonly start: number;
    readonly aggregate: Aggregate;
  },
): void {
  const { scores, seen, start, aggregate } = into;
  const first = forest.words[leaf + OTHER] ?? 0;
  const end = first - 1 - (forest.words[leaf] ?? -1);
  for (let w = first; w < end; w++) {
    const target = forest.weightTargets[w] ?? 0;
    const weight = forest.weights[w] ?? 0;
    scores[start + target] = merged(aggregate, weight, seen[target] === 1 ? (scores[start + target] ?? 0) : null);
    seen[target] = 1;
  }
}

/** True for a sum of one target, which needs no lists of weights: each leaf stores its value. */
export function isPlainSum(targets: number, aggregate: Aggregate): boolean {
  return targets === 1 && (aggregate === "SUM" || aggregate === "AVERAGE");
}

export interface ForestScoring {
  readonly forest: PackedForest;
  readonly targets: number;
  readonly aggregate: Aggregate;
  /** One per target, or none. */
  readonly baseValues: Float32Array;
  readonly transform: PostTransform;
}

/** Finishes one row. As in onnxruntime, a target without any weight is 0, without its base value. `seen` null means all. */
function finishRow(scoring: ForestScoring, scores: Float32Array, at: { start: number; seen: Uint8Array | null }): void {
  const { targets, aggregate, baseValues, transform, forest } = scoring;
  const { start, seen } = at;
  for (let t = 0; t < targets; t++) {
    if (seen !== null && seen[t] === 0) continue;
    const score = scores[start + t] ?? 0;
    const aggregated = aggregate === "AVERAGE" ? Math.fround(score / forest.roots.length) : score;
    scores[start + t] = aggregated + (baseValues[t] ?? 0);
  }
  if (transform !== "NONE") transformScores(transform, scores, { start, end: start + targets });
}

/** Computes all scores into `scores`, rows × targets, row-major. O(rows × trees × depth). */
export function scoreRows(
  scoring: ForestScoring,
  features: { readonly values: Float32Array; readonly columns: number },
  scores: Float32Array,
): void {
  const { forest, targets, aggregate } = scoring;
  scores.fill(0);
  const rows = scores.length / targets;
  if (isPlainSum(targets, aggregate)) {
    addForest(forest, features, scores);
    for (let row = 0; row < rows; row++) finishRow(scoring, scores, { start: row, seen: null });
    return;
  }
  const seen = new Uint8Array(targets);
  for (let row = 0; row < rows; row++) {
    seen.fill(0);
    const into = { scores, seen, start: row * targets, aggregate };
    const at = { values: features.values, base: row * features.columns };
    for (const root of forest.roots) mergeLeaf(forest, leafAt(forest, root, at), into);
    finishRow(scoring, scores, into);
  }
}
