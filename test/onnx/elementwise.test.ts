import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Attributes,
  type ElementType,
  float,
  floats,
  floatTensor,
  int,
  int64Tensor,
  ints,
  string,
  type TensorShape,
} from "../../shared/onnx/graph.ts";
import { ELEMENT_TYPES } from "../../shared/onnx/schema.ts";
import { CLOSE, EXACT, expectParity, programOf, type Tolerance } from "./parity.ts";
import { anyFloat, anyText, type Feed, feedsArbitrary, finiteFloat, singleGraph, smallInt } from "./single.ts";

const numbers = (count: number, from: fc.Arbitrary<number> = anyFloat) =>
  fc.array(from, { minLength: count, maxLength: count });

async function expectUnary(
  op: string,
  options: { from?: fc.Arbitrary<number>; tolerance?: Tolerance; attributes?: Attributes; opset?: number } = {},
) {
  const { from = anyFloat, tolerance = EXACT, attributes = {}, opset = 17 } = options;
  const feed: Feed = { name: "x", type: "float", shape: [null, 3], from };
  const outputs = [{ name: "y", type: "float", shape: [null, 3] }] as const;
  const opsets = { "": opset, "ai.onnx.ml": 3 };
  const graph = singleGraph({ op, domain: "", feeds: [feed], attributes, outputs, opsets });
  await expectParity(graph, fc.sample(feedsArbitrary([feed]), 15).flat(), tolerance);
}

// onnxruntime's Relu(-0) is 0 or -0, depending on the position in a vector of four.
test("Relu gives the same numbers", () => expectUnary("Relu", { tolerance: { relative: 0, absolute: 0 } }));
test("Identity gives the same bits", () => expectUnary("Identity"));
test("Exp is close", () => expectUnary("Exp", { tolerance: CLOSE }));
test("Log is close, also for negative numbers", () => expectUnary("Log", { tolerance: CLOSE }));
test("Sigmoid is close", () => expectUnary("Sigmoid", { tolerance: { relative: 1e-6, absolute: 2e-7 } }));
test("Tanh is close", () => expectUnary("Tanh", { tolerance: { relative: 2e-6, absolute: 1e-7 } }));
test.each([0, 1])("ArgMax with keepdims %i takes the first of equals", async (keepdims) => {
  const feed: Feed = { name: "x", type: "float", shape: [null, 3], from: fc.integer({ min: -2, max: 2 }) };
  const outputs = [{ name: "y", type: "int64", shape: keepdims === 1 ? [null, 1] : [null] }] as const;
  for (const axis of [1, -1]) {
    const attributes = { axis: int(axis), keepdims: int(keepdims) };
    const graph = singleGraph({ op: "ArgMax", domain: "", feeds: [feed], attributes, outputs });
    const feeds = fc.sample(feedsArbitrary([feed]), 15).flat();
    // onnxruntime keeps the columns of an empty batch.
    await expectParity(
      graph,
      feeds.filter(({ x }) => x?.dims[0] !== 0),
    );
  }
});
test.each([9, 11, 13, 17])("Softmax of opset %i is close", async (opset) => {
  await expectUnary("Softmax", { from: finiteFloat, tolerance: CLOSE, opset });
  await expectUnary("Softmax", { from: anyFloat, tolerance: CLOSE, opset });
  await expectUnary("Softmax", { from: finiteFloat, tolerance: CLOSE, opset, attributes: { axis: int(1) } });
});

const shapes: readonly (readonly [TensorShape, TensorShape, TensorShape])[] = [
  [
    [null, 3],
    [null, 3],
    [null, 3],
  ],
  [
    [null, 1],
    [null, 3],
    [null, 3],
  ],
  [
    [null, 3],
    [null, 1],
    [null, 3],
  ],
  [[null, 3], [3], [null, 3]],
  [[null, 3], [1], [null, 3]],
  [[null, 3], [], [null, 3]],
  [[], [null, 2], [null, 2]],
  [
    [1, 3],
    [null, 1],
    [null, 3],
  ],
  [
    [2, 1, 3],
    [null, 1, 1, 1],
    [null, 2, 1, 3],
  ],
  [[null], [1], [null]],
];

test.each(["Add", "Sub", "Mul", "Div"])("%s broadcasts and gives the same bits", async (op) => {
  for (const [left, right, shape] of shapes) {
    const feeds: Feed[] = [
      { name: "a", type: "float", shape: left },
      { name: "b", type: "float", shape: right },
    ];
    const graph = singleGraph({ op, domain: "", feeds, outputs: [{ name: "y", type: "float", shape }] });
    await expectParity(graph, fc.sample(feedsArbitrary(feeds), 4).flat());
  }
});

const mlColumns = 3;
function mlGraph(op: string, attributes: Attributes, types: { from: "float" | "int64" | "int32"; to: ElementType }) {
  const feed: Feed = {
    name: "x",
    type: types.from,
    shape: [null, mlColumns],
    ...(types.from === "float" ? {} : { from: smallInt }),
  };
  const outputs = [{ name: "y", type: types.to, shape: [null, mlColumns] }];
  return { graph: singleGraph({ op, feeds: [feed], attributes, outputs }), feeds: feedsArbitrary([feed]) };
}

test("Scaler gives the same bits, with one scale per column or one for all", async () => {
  const property = fc.asyncProperty(
    fc.constantFrom(1, mlColumns),
    fc.constantFrom("float", "int64", "int32"),
    fc.nat(),
    async (count, from, seed) => {
      const [offset = [], scale = []] = fc.sample(numbers(count), { numRuns: 2, seed });
      const { graph, feeds } = mlGraph(
        "Scaler",
        { offset: floats(offset), scale: floats(scale) },
        { from, to: "float" },
      );
      await expectParity(graph, fc.sample(feeds, { numRuns: 2, seed }).flat());
    },
  );
  await fc.assert(property, { numRuns: 20 });
});

test("Imputer replaces NaN, a number or an integer, and leaves the rest", async () => {
  for (const count of [1, mlColumns]) {
    const values = [5, -0, 0.1].slice(0, count);
    for (const replaced of [Number.NaN, 0, Number.POSITIVE_INFINITY]) {
      const attributes = { imputed_value_floats: floats(values), replaced_value_float: float(replaced) };
      const { graph, feeds } = mlGraph("Imputer", attributes, { from: "float", to: "float" });
      await expectParity(graph, fc.sample(feeds, 5).flat());
    }
    const attributes = { imputed_value_int64s: ints([7, 8, 9].slice(0, count)), replaced_value_int64: int(-1) };
    const { graph, feeds } = mlGraph("Imputer", attributes, { from: "int64", to: "int64" });
    await expectParity(graph, fc.sample(feeds, 5).flat());
  }
});

test.each(["MAX", "L1", "L2"])("Normalizer %s gives the same numbers, rows of zeros too", async (norm) => {
  const from = fc.oneof(finiteFloat, fc.constant(0));
  const feed: Feed = { name: "x", type: "float", shape: [null, mlColumns], from };
  const outputs = [{ name: "y", type: "float", shape: [null, mlColumns] }] as const;
  const graph = singleGraph({ op: "Normalizer", feeds: [feed], attributes: { norm: string(norm) }, outputs });
  await expectParity(graph, fc.sample(feedsArbitrary([feed]), 20).flat(), CLOSE);
  await expectParity(graph, fc.sample(feedsArbitrary([{ ...feed, from: anyFloat }]), 20).flat(), CLOSE);
});

const DECIMALS = ["1", "-2.5", "1e3", ".5", "007", "+4", "NaN", "1e-60"];
const casts: readonly { from: Feed["type"]; to: ElementType; elements?: fc.Arbitrary<number | string> }[] = [
  { from: "float", to: "int64", elements: fc.float({ min: -1000, max: 1000, noNaN: true }) },
  { from: "float", to: "int32", elements: fc.float({ min: -1000, max: 1000, noNaN: true }) },
  { from: "float", to: "bool" },
  { from: "float", to: "float" },
  { from: "int64", to: "float" },
  { from: "int64", to: "string" },
  { from: "int64", to: "bool" },
  { from: "int64", to: "int32", elements: smallInt },
  { from: "int32", to: "float" },
  { from: "int32", to: "int64" },
  { from: "bool", to: "float" },
  { from: "bool", to: "int64" },
  { from: "string", to: "float", elements: fc.constantFrom(...DECIMALS) },
  { from: "string", to: "int64", elements: fc.constantFrom("1", "-20", "007", "+4") },
];

test.each(casts)("Cast from $from to $to gives the same values", async ({ from, to, elements }) => {
  const feed: Feed = { name: "x", type: from, shape: [null, 2], ...(elements === undefined ? {} : { from: elements }) };
  const attributes = { to: int(ELEMENT_TYPES[to]) };
  const outputs = [{ name: "y", type: to, shape: [null, 2] }];
  const graph = singleGraph({ op: "Cast", domain: "", feeds: [feed], attributes, outputs });
  await expectParity(graph, fc.sample(feedsArbitrary([feed]), 10).flat());
});

test.each([
  ["float", "int64", Float32Array.of(Number.NaN)],
  ["float", "int32", Float32Array.of(3e9)],
  ["float", "int64", Float32Array.of(Number.POSITIVE_INFINITY)],
] as const)("Cast from %s to %s refuses values that do not fit", (type, to, data) => {
  const feed: Feed = { name: "x", type, shape: [null] };
  const attributes = { to: int(ELEMENT_TYPES[to]) };
  const graph = singleGraph({
    op: "Cast",
    domain: "",
    feeds: [feed],
    attributes,
    outputs: [{ name: "y", type: to, shape: [null] }],
  });
  expect(programOf(graph).run({ x: { type, data, dims: [1] } })).toMatchObject({
    ok: false,
    error: { kind: "input" },
  });
});

test.each(["12abc", "", " 1", "0x10", "Infinity"])("Cast refuses the text %j as a number", (text) => {
  const feed: Feed = { name: "x", type: "string", shape: [null] };
  const graph = singleGraph({
    op: "Cast",
    domain: "",
    feeds: [feed],
    attributes: { to: int(1) },
    outputs: [{ name: "y", type: "float", shape: [null] }],
  });
  expect(programOf(graph).run({ x: { type: "string", data: [text], dims: [1] } })).toMatchObject({
    ok: false,
    error: { kind: "input" },
  });
});

const concats: readonly { shapes: readonly TensorShape[]; axis: number; shape: TensorShape }[] = [
  {
    shapes: [
      [null, 1],
      [null, 3],
      [null, 0],
    ],
    axis: 1,
    shape: [null, 4],
  },
  {
    shapes: [
      [null, 1],
      [null, 2],
    ],
    axis: -1,
    shape: [null, 3],
  },
  {
    shapes: [
      [null, 2, 3],
      [null, 1, 3],
    ],
    axis: 1,
    shape: [null, 3, 3],
  },
  { shapes: [[null, 2]], axis: 0, shape: [null, 2] },
  { shapes: [[2], [1]], axis: 0, shape: [3] },
];

test.each(["float", "string", "int64", "bool"] as const)("Concat of %s puts columns side by side", async (type) => {
  for (const { shapes: given, axis, shape } of concats) {
    const feeds = given.map((one, i): Feed => ({ name: `x${i}`, type, shape: one }));
    const graph = singleGraph({
      op: "Concat",
      domain: "",
      feeds,
      attributes: { axis: int(axis) },
      outputs: [{ name: "y", type, shape }],
    });
    await expectParity(graph, fc.sample(feedsArbitrary(feeds), 4).flat());
  }
});

const reshapes: readonly { from: TensorShape; target: readonly number[]; to: TensorShape }[] = [
  { from: [null, 1, 5], target: [-1, 5], to: [null, 5] },
  { from: [null, 6], target: [0, 2, 3], to: [null, 2, 3] },
  { from: [null, 6], target: [0, -1, 3], to: [null, 2, 3] },
  { from: [1, null], target: [-1], to: [null] },
  { from: [null, 1], target: [-1], to: [null] },
  { from: [null], target: [-1, 1], to: [null, 1] },
  { from: [2, 3], target: [3, -1], to: [3, 2] },
];

test.each(reshapes)("Reshape of $from by $target keeps N on one axis", async ({ from, target, to }) => {
  const feed: Feed = { name: "x", type: "float", shape: from };
  const initializers = [int64Tensor("shape", target)];
  const graph = singleGraph({
    op: "Reshape",
    domain: "",
    feeds: [feed],
    initializers,
    outputs: [{ name: "y", type: "float", shape: to }],
  });
  const feeds = fc.sample(feedsArbitrary([feed]), 3).flat();
  // onnxruntime cannot determine -1 if there are no rows and another size is 0.
  const hasBoth = target.includes(-1) && target.includes(0);
  await expectParity(graph, hasBoth ? feeds.filter(({ x }) => x?.dims[0] !== 0) : feeds);
});

test("ArrayFeatureExtractor picks columns, and labels at computed positions", async () => {
  const pick: Feed = { name: "x", type: "string", shape: [null, 3], from: anyText };
  const initializers = [int64Tensor("at", [2, 0, 2])];
  await expectParity(
    singleGraph({
      op: "ArrayFeatureExtractor",
      feeds: [pick],
      initializers,
      outputs: [{ name: "y", type: "string", shape: [null, 3] }],
    }),
    fc.sample(feedsArbitrary([pick]), 5).flat(),
  );
  const at: Feed = { name: "at", type: "int64", shape: [null, 1], from: fc.constantFrom(0, 1) };
  const labels = [floatTensor("labels", [4, 5])];
  const graph = singleGraph({
    op: "ArrayFeatureExtractor",
    feeds: [at],
    initializers: labels,
    inputs: ["labels", "at"],
    outputs: [{ name: "y", type: "float", shape: [1, null] }],
  });
  await expectParity(
    graph,
    fc
      .sample(feedsArbitrary([at]), 5)
      .flat()
      .filter((feed) => feed["at"]?.dims[0] !== 0),
  );
});

const gathers: readonly {
  shape: TensorShape;
  axis: number;
  indices: readonly number[];
  dims?: readonly number[];
  to: TensorShape;
}[] = [
  { shape: [null, 3], axis: 1, indices: [2, 0, -1], to: [null, 3] },
  { shape: [null, 3], axis: -1, indices: [1], dims: [], to: [null] },
  { shape: [null, 2, 3], axis: 1, indices: [1, 0, 1], to: [null, 3, 3] },
  { shape: [null, 3], axis: 1, indices: [], to: [null, 0] },
];

test.each(gathers)("Gather $indices along axis $axis of $shape", async ({ shape, axis, indices, dims, to }) => {
  const type = shape.length === 2 ? "string" : "float";
  const feed: Feed = { name: "x", type, shape };
  const initializers = [int64Tensor("at", indices, dims)];
  const outputs = [{ name: "y", type, shape: to }] as const;
  const graph = singleGraph({
    op: "Gather",
    domain: "",
    feeds: [feed],
    attributes: { axis: int(axis) },
    initializers,
    outputs,
  });
  await expectParity(graph, fc.sample(feedsArbitrary([feed]), 4).flat());
});

test("FeatureVectorizer pads short inputs and cuts long ones", async () => {
  const feeds: Feed[] = [
    { name: "a", type: "float", shape: [null, 2] },
    { name: "b", type: "float", shape: [null, 3] },
  ];
  for (const sizes of [
    [2, 3],
    [1, 3],
    [4, 2],
  ]) {
    const graph = singleGraph({
      op: "FeatureVectorizer",
      feeds,
      attributes: { inputdimensions: ints(sizes) },
      outputs: [{ name: "y", type: "float", shape: [null, (sizes[0] ?? 0) + (sizes[1] ?? 0)] }],
    });
    await expectParity(
      graph,
      fc
        .sample(feedsArbitrary(feeds), 4)
        .flat()
        .filter(({ a }) => a?.dims[0] !== 0),
    );
  }
});
