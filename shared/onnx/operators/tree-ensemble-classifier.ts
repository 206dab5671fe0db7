import type { Data } from "../graph.ts";
import { asFloats } from "./data.ts";
import { leafAt, type PackedForest } from "./forest.ts";
import { layOut } from "./forest-layout.ts";
import { mergeLeaf } from "./forest-scores.ts";
import { forestSourceOf } from "./forest-source.ts";
import { type ClassLabels, labelsOf, writeLabel } from "./labels.ts";
import { matrixShapeOf } from "./matrix.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";
import { logisticFloat32, type PostTransform, postTransformOf, transformScores } from "./post-transform.ts";
import { NODE_ATTRIBUTES } from "./tree-ensemble-regressor.ts";

interface Classifier {
  readonly forest: PackedForest;
  readonly labels: ClassLabels;
  readonly baseValues: Float32Array;
  readonly transform: PostTransform;
  /** True for two labels with weights for one of them. The other score is computed from it. */
  readonly isOneSided: boolean;
  /** True if the scores are probabilities with the threshold 0.5; otherwise they are log odds. */
  readonly isProbability: boolean;
}

/** Finishes a row of several classes, or of two classes with their own weights. Returns the class. */
function finishClasses(
  classifier: Classifier,
  scores: Float32Array,
  span: { start: number; end: number; seen: Uint8Array },
): number {
  const { baseValues, transform } = classifier;
  let chosen = -1;
  let largest = 0;
  for (let i = span.start; i < span.end; i++) {
    const index = i - span.start;
    scores[i] = (scores[i] ?? 0) + (baseValues[index] ?? 0);
    const counts = span.seen[index] === 1 || baseValues.length > 0;
    if (counts && (chosen < 0 || (scores[i] ?? 0) > largest)) {
      chosen = index;
      largest = scores[i] ?? 0;
    }
  }
  transformScores(transform, scores, span);
  return chosen;
}

/** Finishes a row of two labels with one score. Returns the class. */
function finishOneSided(classifier: Classifier, scores: Float32Array, start: number): number {
  const { isProbability, transform } = classifier;
  const score = (scores[start] ?? 0) + (classifier.baseValues[0] ?? 0);
  const rounded = Math.fround(score);
  if (isProbability) {
    scores[start] = 1 - rounded;
    scores[start + 1] = rounded;
    return rounded > 0.5 ? 1 : 0;
  }
  const isLogistic = transform === "LOGISTIC";
  scores[start] = isLogistic ? logisticFloat32(-rounded) : -rounded;
  scores[start + 1] = isLogistic ? logisticFloat32(rounded) : rounded;
  return rounded > 0 ? 1 : 0;
}

function classify(
  classifier: Classifier,
  features: { values: Float32Array; columns: number },
  outputs: readonly Data[],
): void {
  const [chosen = [], scored] = outputs;
  const scores = asFloats(scored);
  const { forest, labels } = classifier;
  const width = labels.count;
  const seen = new Uint8Array(width);
  scores.fill(0);
  for (let row = 0, start = 0; start < scores.length; row++, start += width) {
    seen.fill(0);
    const at = { values: features.values, base: row * features.columns };
    for (const root of forest.roots)
      mergeLeaf(forest, leafAt(forest, root, at), { scores, seen, start, aggregate: "SUM" });
    const index = classifier.isOneSided
      ? finishOneSided(classifier, scores, start)
      : finishClasses(classifier, scores, { start, end: start + width, seen });
    writeLabel(labels, chosen, { row, index });
  }
}

/**
 * Checks two classes with weights for both. onnxruntime compares class 1 with 0 instead of class 0, and returns the integers
 * 0 and 1 for any labels. Both are correct only if the weights are w and −w, as CatBoost writes them.
 */
function checkMirrored(node: OperatorNode, { forest, labels, baseValues }: Classifier): void {
  const { weights, weightTargets } = forest;
  for (let i = 0; i < weights.length; i += 2) {
    const isPair =
      weightTargets[i] === 0 && weightTargets[i + 1] === 1 && weights[i] === -(weights[i + 1] ?? Number.NaN);
    if (!isPair)
      node.unsupported("two classes with separate weights", "weights for class 0 only, or w and −w in each leaf");
  }
  const isPlain = labels.type === "string" || (labels.values[0] === 0 && labels.values[1] === 1);
  if (!isPlain) node.unsupported(`labels ${labels.values} with weights for both`, "0 and 1, or texts");
  if (baseValues.length > 0) node.unsupported("base_values with weights for both classes", "none");
}

/** Refuses combinations for which onnxruntime differs from the standard. */
function checkBinary(node: OperatorNode, classifier: Classifier): void {
  const { labels, baseValues, transform, isOneSided, isProbability, forest } = classifier;
  if (labels.count < 2) node.unsupported(`${labels.count} class`, "two or more");
  if (labels.count > 2) {
    if (baseValues.length !== 0 && baseValues.length !== labels.count) {
      node.malformed(`${baseValues.length} base_values`, `0 or ${labels.count}`);
    }
    return;
  }
  if (!isOneSided) {
    checkMirrored(node, classifier);
    return;
  }
  if (forest.weightTargets.some((target) => target !== 0))
    node.unsupported("weights for class 1 only", "class_ids of 0");
  if (baseValues.length > 1) node.unsupported("two base_values for one score", "0 or 1");
  if (transform !== "NONE" && (transform !== "LOGISTIC" || isProbability)) {
    node.unsupported(
      `post_transform ${transform} of ${isProbability ? "a probability" : "one score"}`,
      "NONE, or LOGISTIC of log odds",
    );
  }
}

export const treeEnsembleClassifier: Operator = {
  name: "TreeEnsembleClassifier",
  domain: "ai.onnx.ml",
  attributes: [
    ...NODE_ATTRIBUTES,
    "base_values",
    "class_ids",
    "class_nodeids",
    "class_treeids",
    "class_weights",
    "classlabels_int64s",
    "classlabels_strings",
    "post_transform",
  ],
  note: "float; three classes or more, or two with class_ids of 0 or with weights w and −w; post_transform not PROBIT",
  prepare(node): Prepared {
    const { rows, columns } = matrixShapeOf(node, node.typedInput(0, "float"));
    const labels = labelsOf(node, "classlabels_int64s");
    const forest = layOut(node, forestSourceOf(node, { prefix: "class", targets: labels.count, isSingle: false }));
    const classifier: Classifier = {
      forest,
      labels,
      baseValues: node.floats("base_values"),
      transform: postTransformOf(node),
      isOneSided: labels.count === 2 && new Set(forest.weightTargets).size === 1,
      isProbability: forest.weights.every((weight) => weight >= 0),
    };
    checkBinary(node, classifier);
    if (forest.columns > columns)
      return node.malformed(`a split on column ${forest.columns - 1} of ${columns}`, "a column of the input");
    const run = (inputs: readonly Data[], outputs: readonly Data[]) =>
      classify(classifier, { values: asFloats(inputs[0]), columns }, outputs);
    const outputs = [
      { type: labels.type, shape: [rows] },
      { type: "float", shape: [rows, labels.count] },
    ] as const;
    return { kind: "compute", outputs, run };
  },
};
