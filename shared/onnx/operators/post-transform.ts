/** The final transformation of scores in ai.onnx.ml operators. Formulas and rounding follow onnxruntime's ml_common.h. */
import type { OperatorNode } from "./operator.ts";

const POST_TRANSFORMS = ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"] as const;
export type PostTransform = (typeof POST_TRANSFORMS)[number];

const { fround } = Math;
const FLOAT_LOWEST = -3.4028234663852886e38;

/** Reads the transformation. PROBIT is not supported, because no converter writes it. */
export function postTransformOf(node: OperatorNode, name = node.string("post_transform", "NONE")): PostTransform {
  const known = POST_TRANSFORMS.find((transform) => transform === name);
  return known ?? node.unsupported(`post_transform ${name}`, POST_TRANSFORMS.join(", "));
}

/** Computes 1 ÷ (1 + e^−x) in float32. For negative x it is 1 minus the value at −x, as in onnxruntime. */
export function logisticFloat32(value: number): number {
  const large = fround(1 / fround(1 + fround(Math.exp(-Math.abs(value)))));
  return value < 0 ? fround(1 - large) : large;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function softmax(scores: Float32Array, { start, end }: Span): void {
  let largest = FLOAT_LOWEST;
  for (let i = start; i < end; i++) if ((scores[i] ?? 0) > largest) largest = scores[i] ?? 0;
  let sum = 0;
  for (let i = start; i < end; i++) {
    scores[i] = Math.exp(fround((scores[i] ?? 0) - largest));
    sum = fround(sum + (scores[i] ?? 0));
  }
  for (let i = start; i < end; i++) scores[i] = (scores[i] ?? 0) / sum;
}

/** Computes softmax over the scores that are not 0; zeros stay 0. */
function softmaxZero(scores: Float32Array, { start, end }: Span): void {
  let largest = FLOAT_LOWEST;
  for (let i = start; i < end; i++) if ((scores[i] ?? 0) > largest) largest = scores[i] ?? 0;
  const scale = fround(Math.exp(-largest));
  let sum = 0;
  for (let i = start; i < end; i++) {
    const score = scores[i] ?? 0;
    const isZero = !(score > fround(0.0000001) || score < -fround(0.0000001));
    scores[i] = isZero ? score * scale : Math.exp(fround(score - largest));
    if (!isZero) sum = fround(sum + (scores[i] ?? 0));
  }
  for (let i = start; i < end; i++) scores[i] = (scores[i] ?? 0) / sum;
}

/** Transforms one row's scores in place. */
export function transformScores(transform: PostTransform, scores: Float32Array, span: Span): void {
  switch (transform) {
    case "NONE":
      return;
    case "LOGISTIC":
      for (let i = span.start; i < span.end; i++) scores[i] = logisticFloat32(scores[i] ?? 0);
      return;
    case "SOFTMAX":
      softmax(scores, span);
      return;
    case "SOFTMAX_ZERO":
      softmaxZero(scores, span);
  }
}
