import fc from "fast-check";
import { test } from "vitest";
import {
  type Attributes,
  float,
  floats,
  floatTensor,
  int,
  ints,
  string,
  strings,
  type TensorShape,
} from "../../shared/onnx/graph.ts";
import { expectParity, type Tolerance } from "./parity.ts";
import { type Feed, feedsArbitrary, finiteFloat, singleGraph, smallInt } from "./single.ts";

const COLUMNS = 5;
/** onnxruntime adds in float32 and in another order, so terms up to 400 differ by this much. */
const SUMS: Tolerance = { relative: 1e-6, absolute: 5e-4 };
const numbers = (count: number, seed: number) =>
  fc.sample(fc.float({ min: -20, max: 20, noNaN: true }), { numRuns: count, seed });
const features: Feed = { name: "x", type: "float", shape: [null, COLUMNS], from: finiteFloat };

function regressorGraph(targets: number, attributes: Attributes) {
  const coefficients = floats(numbers(targets * COLUMNS, targets));
  return singleGraph({
    op: "LinearRegressor",
    feeds: [features],
    attributes: { coefficients, targets: int(targets), ...attributes },
    outputs: [{ name: "y", type: "float", shape: [null, targets] }],
  });
}

test.each([1, 2, 3])("LinearRegressor of %i targets, with and without intercepts", async (targets) => {
  const feeds = fc.sample(feedsArbitrary([features]), 8).flat();
  await expectParity(regressorGraph(targets, { intercepts: floats(numbers(targets, 1)) }), feeds, SUMS);
  await expectParity(regressorGraph(targets, {}), feeds, SUMS);
});

test("LinearRegressor with NaN or infinity gives NaN or infinity where onnxruntime does", async () => {
  const data = Float32Array.of(1, Number.NaN, 1, 1, 1, 1, Number.POSITIVE_INFINITY, 1, 1, 1);
  await expectParity(regressorGraph(2, {}), [{ x: { type: "float", data, dims: [2, COLUMNS] } }], SUMS);
});

test.each(["LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"])("LinearRegressor with %s", async (transform) => {
  const small: Feed = { ...features, from: fc.float({ min: -0.125, max: 0.125, noNaN: true }) };
  // SOFTMAX_ZERO divides by the sum of its larger scores. If all are subnormal, the result depends on rounding.
  const graph = regressorGraph(3, { post_transform: string(transform), intercepts: floats([0.5, -0.25, 0]) });
  await expectParity(graph, fc.sample(feedsArbitrary([small]), 8).flat(), { relative: 1e-5, absolute: 1e-6 });
});

interface ClassifierCase {
  readonly scores: number;
  readonly labels: Attributes;
  readonly transform: string;
  readonly type?: "float" | "int64" | "int32";
}

const textLabels = { classlabels_strings: strings(["no", "yes"]) };
const cases: readonly ClassifierCase[] = [
  { scores: 1, labels: textLabels, transform: "NONE" },
  { scores: 1, labels: { classlabels_ints: ints([7, 9]) }, transform: "NONE" },
  { scores: 2, labels: textLabels, transform: "LOGISTIC" },
  { scores: 2, labels: { classlabels_ints: ints([0, 1]) }, transform: "SOFTMAX" },
  { scores: 3, labels: { classlabels_ints: ints([5, 6, 7]) }, transform: "NONE" },
  { scores: 3, labels: { classlabels_ints: ints([5, 6, 7]) }, transform: "NONE", type: "int64" },
  { scores: 3, labels: { classlabels_ints: ints([5, 6, 7]) }, transform: "NONE", type: "int32" },
  { scores: 3, labels: { classlabels_strings: strings(["a", "b", "c"]) }, transform: "SOFTMAX_ZERO" },
];

test.each(cases)(
  "LinearClassifier of $scores scores with $transform",
  async ({ scores, labels, transform, type = "float" }) => {
    const from = type === "float" ? fc.float({ min: -0.5, max: 0.5, noNaN: true }) : smallInt;
    const feed: Feed = { name: "x", type, shape: [null, COLUMNS], from };
    const isText = "classlabels_strings" in labels;
    const graph = singleGraph({
      op: "LinearClassifier",
      feeds: [feed],
      attributes: {
        coefficients: floats(numbers(scores * COLUMNS, 3).map((value) => value / 4)),
        intercepts: floats(numbers(scores, 4).map((value) => value / 4)),
        post_transform: string(transform),
        multi_class: int(0),
        ...labels,
      },
      outputs: [
        { name: "label", type: isText ? "string" : "int64", shape: [null] },
        { name: "scores", type: "float", shape: [null, Math.max(scores, 2)] },
      ],
    });
    await expectParity(graph, fc.sample(feedsArbitrary([feed]), 8).flat(), { relative: 1e-5, absolute: 2e-5 });
  },
);

const matrices: readonly { attributes: Attributes; b: readonly number[]; bias?: readonly number[]; a?: TensorShape }[] =
  [
    { attributes: {}, b: [COLUMNS, 2] },
    { attributes: { transB: int(1) }, b: [2, COLUMNS], bias: [2] },
    { attributes: { alpha: float(0.5), beta: float(-2) }, b: [COLUMNS, 3], bias: [1, 3] },
    { attributes: { transB: int(1), beta: float(0) }, b: [3, COLUMNS], bias: [1] },
    { attributes: { transA: int(1) }, b: [3, 2], bias: [COLUMNS, 1], a: [3, COLUMNS] },
  ];

test.each(matrices)("Gemm with $attributes", async ({ attributes, b, bias, a = [null, COLUMNS] }) => {
  const feed: Feed = { name: "a", type: "float", shape: a, from: finiteFloat };
  const [first = 0, second = 0] = b;
  const initializers = [
    floatTensor("b", numbers(first * second, 8), b),
    ...(bias === undefined
      ? []
      : [
          floatTensor(
            "c",
            numbers(
              bias.reduce((x, y) => x * y, 1),
              9,
            ),
            bias,
          ),
        ]),
  ];
  const columns = "transB" in attributes ? first : second;
  const rows = "transA" in attributes ? COLUMNS : null;
  const outputs = [{ name: "y", type: "float", shape: [rows, columns] }] as const;
  const graph = singleGraph({ op: "Gemm", domain: "", feeds: [feed], attributes, initializers, outputs });
  await expectParity(graph, fc.sample(feedsArbitrary([feed]), 6).flat(), SUMS);
});

test("MatMul with a constant", async () => {
  const initializers = [floatTensor("b", numbers(COLUMNS * 2, 8), [COLUMNS, 2])];
  const outputs = [{ name: "y", type: "float", shape: [null, 2] }] as const;
  const graph = singleGraph({ op: "MatMul", domain: "", feeds: [features], initializers, outputs });
  await expectParity(graph, fc.sample(feedsArbitrary([features]), 6).flat(), SUMS);
});
