/** Reads and writes class labels of a classifier: texts or integers. */
import type { Data } from "../graph.ts";
import { asNumbers, asTextsToFill } from "./data.ts";
import type { OperatorNode } from "./operator.ts";

export type ClassLabels =
  | { readonly type: "string"; readonly values: readonly string[]; readonly count: number }
  | { readonly type: "int64"; readonly values: Float64Array; readonly count: number };

export function labelsOf(node: OperatorNode, intsName: "classlabels_ints" | "classlabels_int64s"): ClassLabels {
  const texts = node.strings("classlabels_strings");
  const ints = Float64Array.from(node.ints(intsName));
  if (texts.length > 0 && ints.length > 0) return node.malformed("labels of two types", "one");
  if (texts.length > 0) return { type: "string", values: texts, count: texts.length };
  if (ints.length > 0) return { type: "int64", values: ints, count: ints.length };
  return node.malformed("no labels", "at least one");
}

export function writeLabel(
  labels: ClassLabels,
  into: Data,
  at: { readonly row: number; readonly index: number },
): void {
  if (labels.type === "string") asTextsToFill(into)[at.row] = labels.values[at.index] ?? "";
  else asNumbers(into)[at.row] = labels.values[at.index] ?? 0;
}

/** Returns the position of the largest score, and of the first one if several are equal. NaN is never larger. */
export function largestOf(scores: Float32Array, start: number, end: number): number {
  let largest = start;
  for (let i = start + 1; i < end; i++) if ((scores[i] ?? 0) > (scores[largest] ?? 0)) largest = i;
  return largest - start;
}
