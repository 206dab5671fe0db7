import type { Data } from "../graph.ts";
import { asFloats } from "./data.ts";
import { layOut } from "./forest-layout.ts";
import { aggregateOf, type ForestScoring, isPlainSum, scoreRows } from "./forest-scores.ts";
import { forestSourceOf } from "./forest-source.ts";
import { matrixShapeOf } from "./matrix.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";
import { postTransformOf } from "./post-transform.ts";
import { preorderForest } from "./preorder-forest.ts";

export const NODE_ATTRIBUTES = [
  "nodes_falsenodeids",
  "nodes_featureids",
  "nodes_hitrates",
  "nodes_missing_value_tracks_true",
  "nodes_modes",
  "nodes_nodeids",
  "nodes_treeids",
  "nodes_truenodeids",
  "nodes_values",
];

/** Prepares scoring from float [N, columns] to float [N, targets]. */
export function prepareScoring(node: OperatorNode, scoring: ForestScoring): Prepared {
  const { rows, columns } = matrixShapeOf(node, node.typedInput(0, "float"));
  const needed = scoring.forest.columns;
  if (needed > columns) return node.malformed(`a split on column ${needed - 1} of ${columns}`, "a column of the input");
  const run = (inputs: readonly Data[], outputs: readonly Data[]) =>
    scoreRows(scoring, { values: asFloats(inputs[0]), columns }, asFloats(outputs[0]));
  return { kind: "compute", outputs: [{ type: "float", shape: [rows, scoring.targets] }], run };
}

export function checkTargets(node: OperatorNode, targets: number): number {
  if (Number.isInteger(targets) && targets >= 1 && targets <= node.limits.elementsMax) return targets;
  return node.malformed(`${targets} targets`, "at least 1");
}

/** Refuses a transform of one target: the standard applies it, onnxruntime ignores it. */
export function checkTransform(node: OperatorNode, scoring: ForestScoring): ForestScoring {
  if (scoring.targets === 1 && scoring.transform !== "NONE") {
    return node.unsupported(`post_transform ${scoring.transform} of one target`, "NONE, and a Sigmoid node after it");
  }
  return scoring;
}

export const treeEnsembleRegressor: Operator = {
  name: "TreeEnsembleRegressor",
  domain: "ai.onnx.ml",
  attributes: [
    ...NODE_ATTRIBUTES,
    "aggregate_function",
    "base_values",
    "n_targets",
    "post_transform",
    "target_ids",
    "target_nodeids",
    "target_treeids",
    "target_weights",
  ],
  note: "float; all modes and aggregates; post_transform only with several targets, not PROBIT",
  prepare(node) {
    const targets = checkTargets(node, node.int("n_targets", 0));
    const baseValues = node.floats("base_values");
    if (baseValues.length !== 0 && baseValues.length !== targets) {
      return node.malformed(`${baseValues.length} base_values`, `0 or ${targets}`);
    }
    const aggregate = aggregateOf(node, node.string("aggregate_function", "SUM"));
    const isSingle = isPlainSum(targets, aggregate);
    const scoring = checkTransform(node, {
      forest:
        (isSingle ? preorderForest(node) : null) ??
        layOut(node, forestSourceOf(node, { prefix: "target", targets, isSingle })),
      targets,
      aggregate,
      baseValues,
      transform: postTransformOf(node),
    });
    return prepareScoring(node, scoring);
  },
};
