/** Linear operators. Sums are computed in double and rounded once, so they are at least as exact as in a float32 runtime. */
import type { Data, TensorShape } from "../graph.ts";
import { asFloats, asNumbers, describeShape } from "./data.ts";
import { labelsOf, largestOf, writeLabel } from "./labels.ts";
import { matrixShapeOf } from "./matrix.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";
import { postTransformOf, transformScores } from "./post-transform.ts";

interface Coefficients {
  /** targets × columns, row-major. */
  readonly weights: Float32Array;
  readonly intercepts: Float32Array;
  readonly targets: number;
  readonly columns: number;
}

/** Computes rows × targets into `into.scores`, whose rows are `into.width` apart. O(rows × columns × targets). */
function scoreLinear(
  model: Coefficients,
  values: ArrayLike<number>,
  into: { readonly scores: Float32Array; readonly width: number },
): void {
  const { weights, intercepts, targets, columns } = model;
  const { scores, width } = into;
  const rows = scores.length / width;
  for (let row = 0; row < rows; row++) {
    for (let target = 0; target < targets; target++) {
      let sum = 0;
      for (let column = 0; column < columns; column++) {
        sum += (values[row * columns + column] ?? 0) * (weights[target * columns + column] ?? 0);
      }
      scores[row * width + target] = sum + (intercepts[target] ?? 0);
    }
  }
}

function coefficientsOf(node: OperatorNode, targets: number, columns: number): Coefficients {
  const weights = node.floats("coefficients");
  const intercepts = node.floats("intercepts");
  if (!Number.isInteger(targets) || targets < 1 || weights.length !== targets * columns) {
    return node.malformed(`${weights.length} coefficients`, `${targets} targets × ${columns} columns`);
  }
  if (intercepts.length !== 0 && intercepts.length !== targets) {
    return node.malformed(`${intercepts.length} intercepts`, `0 or ${targets}`);
  }
  return { weights, intercepts, targets, columns };
}

export const linearRegressor: Operator = {
  name: "LinearRegressor",
  domain: "ai.onnx.ml",
  attributes: ["coefficients", "intercepts", "targets", "post_transform"],
  note: "float; post_transform only with several targets, not PROBIT",
  prepare(node): Prepared {
    const { rows, columns } = matrixShapeOf(node, node.typedInput(0, "float"));
    const targets = node.int("targets", 1);
    const model = coefficientsOf(node, targets, columns);
    const transform = postTransformOf(node);
    if (targets === 1 && transform !== "NONE") {
      return node.unsupported(`post_transform ${transform} of one target`, "NONE, and a Sigmoid node after it");
    }
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const scores = asFloats(outputs[0]);
      scoreLinear(model, asFloats(inputs[0]), { scores, width: targets });
      if (transform === "NONE") return;
      for (let start = 0; start < scores.length; start += targets) {
        transformScores(transform, scores, { start, end: start + targets });
      }
    };
    return { kind: "compute", outputs: [{ type: "float", shape: [rows, targets] }], run };
  },
};

export const linearClassifier: Operator = {
  name: "LinearClassifier",
  domain: "ai.onnx.ml",
  attributes: [
    "classlabels_ints",
    "classlabels_strings",
    "coefficients",
    "intercepts",
    "multi_class",
    "post_transform",
  ],
  note: "float, int32 or int64; one score a class, or one score with two labels and post_transform NONE",
  prepare(node): Prepared {
    const { rows, columns } = matrixShapeOf(node, node.typedInput(0, "float", "int64", "int32"));
    const labels = labelsOf(node, "classlabels_ints");
    const targets = node.floats("intercepts").length;
    const model = coefficientsOf(node, targets, columns);
    const transform = postTransformOf(node);
    const isBinary = targets === 1 && labels.count === 2;
    if (!isBinary && (targets < 2 || targets !== labels.count)) {
      return node.unsupported(`${targets} intercepts for ${labels.count} classes`, "one a class, or one for two");
    }
    // onnxruntime returns 1 − s and s for a score s that is not a probability. No converter relies on it.
    if (isBinary && transform !== "NONE") return node.unsupported(`post_transform ${transform} of one score`, "NONE");
    const width = isBinary ? 2 : targets;
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
      const [chosen = [], scored] = outputs;
      const scores = asFloats(scored);
      scoreLinear(model, asNumbers(inputs[0]), { scores, width });
      for (let start = 0, row = 0; start < scores.length; start += width, row++) {
        const score = scores[start] ?? 0;
        writeLabel(labels, chosen, {
          row,
          index: isBinary ? Number(score > 0) : largestOf(scores, start, start + width),
        });
        if (isBinary) {
          scores[start] = 1 - score;
          scores[start + 1] = score;
        } else transformScores(transform, scores, { start, end: start + width });
      }
    };
    const outputs = [
      { type: labels.type, shape: [rows] },
      { type: "float", shape: [rows, width] },
    ] as const;
    return { kind: "compute", outputs, run };
  },
};

/** Returns the sizes of a matrix operand after an optional transposition, and its strides. */
function operandOf(node: OperatorNode, index: number, transposed: boolean) {
  const { shape } = node.typedInput(index, "float");
  const [first, second] = shape;
  if (
    shape.length !== 2 ||
    first === undefined ||
    second === undefined ||
    (shape.includes(null) && (transposed || second === null))
  ) {
    return node.unsupported(`a matrix of shape ${describeShape(shape)}`, "[N, columns] or a constant's two sizes");
  }
  if (!transposed || first === null || second === null)
    return { rows: first, columns: second ?? 0, across: 1, down: second ?? 0 };
  return { rows: second, columns: first, across: second, down: 1 };
}

function biasStrides(node: OperatorNode, bias: TensorShape, result: { rows: number | null; columns: number }) {
  const [columns = 1, rows = 1] = bias.toReversed();
  const fits =
    bias.length <= 2 && (columns === 1 || columns === result.columns) && (rows === 1 || rows === result.rows);
  if (!fits || columns === null)
    return node.unsupported(`a bias of shape ${describeShape(bias)}`, "one that broadcasts");
  return { across: columns === 1 ? 0 : 1, down: rows === 1 ? 0 : columns };
}

function prepareProduct(
  node: OperatorNode,
  options: { transA: boolean; transB: boolean; alpha: number; beta: number },
): Prepared {
  const a = operandOf(node, 0, options.transA);
  const b = operandOf(node, 1, options.transB);
  const { rows } = a;
  const inner = b.rows;
  if (inner === null || a.columns !== inner)
    return node.malformed(`${a.columns} columns times ${inner ?? "N"} rows`, "equal sizes");
  const { columns } = b;
  const { alpha, beta } = options;
  const bias =
    node.optionalInput(2) === null ? null : biasStrides(node, node.typedInput(2, "float").shape, { rows, columns });
  const run = (inputs: readonly Data[], outputs: readonly Data[]) => {
    const left = asFloats(inputs[0]);
    const right = asFloats(inputs[1]);
    const added = bias === null ? null : asFloats(inputs[2]);
    const output = asFloats(outputs[0]);
    for (let at = 0; at < output.length; at++) {
      const row = Math.floor(at / columns);
      const column = at % columns;
      let sum = 0;
      for (let k = 0; k < inner; k++) {
        sum += (left[row * a.down + k * a.across] ?? 0) * (right[k * b.down + column * b.across] ?? 0);
      }
      const plus = added === null || bias === null ? 0 : beta * (added[row * bias.down + column * bias.across] ?? 0);
      output[at] = alpha * sum + plus;
    }
  };
  return { kind: "compute", outputs: [{ type: "float", shape: [rows, columns] }], run };
}

export const gemm: Operator = {
  name: "Gemm",
  domain: "",
  attributes: ["alpha", "beta", "transA", "transB"],
  note: "float; a left operand with N rows is not transposed",
  prepare: (node) =>
    prepareProduct(node, {
      transA: node.int("transA", 0) !== 0,
      transB: node.int("transB", 0) !== 0,
      alpha: node.float("alpha", 1),
      beta: node.float("beta", 1),
    }),
};

export const matMul: Operator = {
  name: "MatMul",
  domain: "",
  attributes: [],
  note: "float, two matrices",
  prepare: (node) => prepareProduct(node, { transA: false, transB: false, alpha: 1, beta: 1 }),
};
