/** Tests the graphs of exported models: one named input per feature, [N, 1], float or text. */
import fc from "fast-check";
import { test } from "vitest";
import { ensembleAttributes } from "../../shared/onnx/ensemble-attributes.ts";
import {
  float,
  floats,
  floatTensor,
  type Graph,
  int,
  int64Tensor,
  mlNode,
  node,
  strings,
} from "../../shared/onnx/graph.ts";
import { seededRandom } from "../support/chance.ts";
import { randomForest } from "./forests.ts";
import { graphOf } from "./models.ts";
import { EXACT, expectParity, type Tolerance } from "./parity.ts";
import { anyText, type Feed, feedsArbitrary } from "./single.ts";

const price = fc.oneof(fc.float({ min: 5, max: 100, noNaN: true }), fc.constantFrom(Number.NaN));
const feeds: readonly Feed[] = [
  { name: "city", type: "string", shape: [null, 1], from: anyText },
  { name: "channel", type: "string", shape: [null, 1], from: anyText },
  { name: "lag1", type: "float", shape: [null, 1], from: fc.float({ min: 5, max: 100, noNaN: true }) },
  { name: "mean7", type: "float", shape: [null, 1], from: price },
  { name: "since", type: "float", shape: [null, 1], from: price },
];
const inputs = feeds.map(({ name, type, shape }) => ({ name, type, shape }));
const y = { name: "y", type: "float", shape: [null, 1] } as const;

const encode = (name: string) =>
  mlNode("LabelEncoder", {
    inputs: [name],
    outputs: [`${name}_code`],
    attributes: {
      keys_strings: strings(["a", "ñ", "b", ""]),
      values_floats: floats([0, 1, 2, 3]),
      default_float: float(Number.NaN),
    },
  });

const trees = [
  encode("city"),
  encode("channel"),
  node("Concat", {
    inputs: ["city_code", "channel_code", "lag1", "mean7", "since"],
    outputs: ["features"],
    attributes: { axis: int(1) },
  }),
  mlNode("TreeEnsembleRegressor", {
    inputs: ["features"],
    outputs: ["change"],
    attributes: ensembleAttributes(
      randomForest(seededRandom(3), { trees: 60, leavesMax: 31, columns: 5, aggregate: "sum", base: 0.1 }),
    ),
  }),
];

const oneHot = (name: string) => [
  mlNode("OneHotEncoder", {
    inputs: [name],
    outputs: [`${name}_hot`],
    attributes: { cats_strings: strings(["a", "ñ", "b"]), zeros: int(1) },
  }),
  node("Reshape", { inputs: [`${name}_hot`, "three"], outputs: [`${name}_flat`] }),
];

const linear = [
  ...oneHot("city"),
  ...oneHot("channel"),
  node("Concat", { inputs: ["lag1", "mean7", "since"], outputs: ["numbers"], attributes: { axis: int(1) } }),
  mlNode("Imputer", {
    inputs: ["numbers"],
    outputs: ["filled"],
    attributes: { imputed_value_floats: floats([20, 21, 3]), replaced_value_float: float(Number.NaN) },
  }),
  mlNode("Scaler", {
    inputs: ["filled"],
    outputs: ["scaled"],
    attributes: { offset: floats([20, 21, 3]), scale: floats([0.1, 0.2, 1 / 3]) },
  }),
  node("Concat", {
    inputs: ["city_flat", "channel_flat", "scaled"],
    outputs: ["features"],
    attributes: { axis: int(1) },
  }),
  mlNode("LinearRegressor", {
    inputs: ["features"],
    outputs: ["change"],
    attributes: {
      coefficients: floats([1, -2, 3, 0.5, 0.25, -0.1, 2, 1, -1]),
      intercepts: floats([0.3]),
      targets: int(1),
    },
  }),
];

/** The nodes that turn a model's output into the prediction. */
const endings = {
  change: [node("Add", { inputs: ["change", "lag1"], outputs: ["y"] })],
  ratio: [
    node("Exp", { inputs: ["small"], outputs: ["factor"] }),
    node("Mul", { inputs: ["factor", "lag1"], outputs: ["y"] }),
  ],
  probability: [node("Sigmoid", { inputs: ["small"], outputs: ["y"] })],
};
const small = node("Div", { inputs: ["change", "thousand"], outputs: ["small"] });

const graph = (nodes: Graph["nodes"]): Graph =>
  graphOf({
    inputs,
    outputs: [y],
    nodes,
    initializers: [int64Tensor("three", [-1, 3]), floatTensor("thousand", [1e6])],
  });

const cases: readonly (readonly [string, Graph["nodes"], Tolerance])[] = [
  ["trees and the last value", [...trees, ...endings.change], EXACT],
  ["trees as a ratio", [...trees, small, ...endings.ratio], { relative: 1e-6, absolute: 0 }],
  ["trees as a probability", [...trees, small, ...endings.probability], { relative: 1e-6, absolute: 0 }],
  ["a line and the last value", [...linear, ...endings.change], { relative: 1e-6, absolute: 1e-5 }],
  ["a line as a probability", [...linear, small, ...endings.probability], { relative: 1e-6, absolute: 0 }],
];

test.each(cases)(
  "%s: gives the same numbers as onnxruntime, also for unknown categories, missing values and empty batches",
  async (_, nodes, tolerance) => {
    await expectParity(graph(nodes), fc.sample(feedsArbitrary(feeds), { numRuns: 25, seed: 9 }).flat(), tolerance);
  },
);

test("a probability of trees is the average of their leaves", async () => {
  const attributes = ensembleAttributes(
    randomForest(seededRandom(4), { trees: 33, leavesMax: 9, columns: 5, aggregate: "average", base: 0 }),
  );
  const forest = mlNode("TreeEnsembleRegressor", { inputs: ["features"], outputs: ["y"], attributes });
  await expectParity(
    graph([...trees.slice(0, 3), forest]),
    fc.sample(feedsArbitrary(feeds), { numRuns: 10, seed: 9 }).flat(),
    EXACT,
  );
});
