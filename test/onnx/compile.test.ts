/** Graphs that do not compile, and their problems. */
import { expect, test } from "vitest";
import { compile } from "../../shared/onnx/compile.ts";
import {
  type Attributes,
  float,
  floats,
  floatTensor,
  type Graph,
  int,
  int64Tensor,
  ints,
  mlNode,
  type Node,
  node,
  string,
  strings,
} from "../../shared/onnx/graph.ts";
import { seededRandom } from "../support/chance.ts";
import { randomForest } from "./forests.ts";
import { ensembleGraph, graphOf } from "./models.ts";
import { outputsOf, programOf } from "./parity.ts";

const x = { name: "x", type: "float", shape: [null, 2] } as const;
const y = { name: "y", type: "float", shape: [null, 2] } as const;
const identity = node("Identity", { inputs: ["x"], outputs: ["y"] });

const graph = (nodes: readonly Node[], more: Partial<Graph> = {}): Graph => ({
  ...graphOf({ inputs: [x], outputs: [y], nodes }),
  ...more,
});

/** Builds a stump on column 0 with some attributes replaced. */
function stump(changes: Attributes = {}): Graph {
  const attributes = {
    n_targets: int(1),
    nodes_treeids: ints([0, 0, 0]),
    nodes_nodeids: ints([0, 1, 2]),
    nodes_featureids: ints([0, 0, 0]),
    nodes_modes: strings(["BRANCH_LEQ", "LEAF", "LEAF"]),
    nodes_values: floats([0.5, 0, 0]),
    nodes_truenodeids: ints([1, 0, 0]),
    nodes_falsenodeids: ints([2, 0, 0]),
    target_treeids: ints([0, 0]),
    target_nodeids: ints([1, 2]),
    target_ids: ints([0, 0]),
    target_weights: floats([1, 2]),
    ...changes,
  };
  return graph([mlNode("TreeEnsembleRegressor", { inputs: ["x"], outputs: ["y"], attributes })]);
}

test("the stump without changes compiles and gives the right values", () => {
  const run = programOf(stump()).run({ x: { type: "float", data: Float32Array.of(0.5, 0, 0.6, 0), dims: [2, 2] } });
  expect(outputsOf(run)["y"]).toEqual({ type: "float", data: Float32Array.of(1, 2), dims: [2, 1] });
});

const loop = {
  nodes_modes: strings(["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"]),
  nodes_truenodeids: ints([1, 0, 0]),
  nodes_falsenodeids: ints([2, 2, 0]),
};
const cases: readonly (readonly [string, Graph, string, string])[] = [
  [
    "a value that is never made",
    graph([node("Identity", { inputs: ["z"], outputs: ["y"] })]),
    "malformed",
    "the value z",
  ],
  [
    "a cycle",
    graph([node("Add", { inputs: ["x", "b"], outputs: ["a"] }), node("Identity", { inputs: ["a"], outputs: ["b"] })]),
    "malformed",
    "the value b",
  ],
  ["a value with two definitions", graph([identity, identity]), "malformed", "two definitions"],
  ["an output without a definition", graph([]), "malformed", "the value y"],
  [
    "an operator outside the subset",
    graph([node("Conv", { inputs: ["x"], outputs: ["y"] })]),
    "unsupported",
    "operator ai.onnx:Conv",
  ],
  [
    "an operator of another domain",
    graph([{ ...identity, domain: "com.microsoft" }]),
    "unsupported",
    "operator com.microsoft:Identity",
  ],
  ["an unknown attribute", graph([{ ...identity, attributes: { twist: int(1) } }]), "unsupported", "attribute twist"],
  ["an attribute of the wrong kind", stump({ n_targets: float(1) }), "malformed", "attribute n_targets of kind float"],
  ["an opset that is too new", graph([identity], { opsets: { "": 99 } }), "unsupported", "ai.onnx 99"],
  ["no opset", graph([identity], { opsets: {} }), "malformed", "no version of ai.onnx"],
  ["two unknown sizes", graph([identity], { inputs: [{ ...x, shape: [null, null] }] }), "unsupported", "shape [?,?]"],
  ["a double input", graph([identity], { inputs: [{ ...x, type: "double" }] }), "unsupported", "type double"],
  ["an input without a shape", graph([identity], { inputs: [{ ...x, shape: null }] }), "unsupported", "no shape"],
  [
    "an input of 10¹² columns",
    graph([identity], { inputs: [{ ...x, shape: [null, 1e12] }] }),
    "too-large",
    "at least 1000000000000 elements per row",
  ],
  [
    "an output declared as text",
    graph([identity], { outputs: [{ ...y, type: "string" }] }),
    "malformed",
    "the declared type string",
  ],
  [
    "a broadcast of N with 3",
    graph([node("Add", { inputs: ["x", "c"], outputs: ["y"] })], {
      initializers: [floatTensor("c", [1, 2, 3, 4, 5, 6], [3, 2])],
    }),
    "unsupported",
    "shapes [N, 2] and [3, 2]",
  ],
  [
    "text where numbers are",
    graph([node("Exp", { inputs: ["x"], outputs: ["y"] })], { inputs: [{ ...x, type: "string" }] }),
    "unsupported",
    "input 0 of type string",
  ],
  ["a missing input", graph([node("Add", { inputs: ["x"], outputs: ["y"] })]), "malformed", "no input 1"],
  [
    "a shape that is computed",
    graph([node("Reshape", { inputs: ["x", "s"], outputs: ["y"] })], {
      inputs: [x, { name: "s", type: "int64", shape: [2] }],
    }),
    "unsupported",
    "a computed input 1",
  ],
  [
    "a shape that needs a certain N",
    graph([node("Reshape", { inputs: ["x", "s"], outputs: ["y"] })], { initializers: [int64Tensor("s", [-1, 4])] }),
    "unsupported",
    "[N, 2] as [-1,4]",
  ],
  ["a tree that loops", stump(loop), "malformed", "node 0 reached twice"],
  ["a node that is its own child", stump({ nodes_truenodeids: ints([0, 0, 0]) }), "malformed", "node 0 reached twice"],
  ["a shared child", stump({ nodes_truenodeids: ints([2, 0, 0]) }), "malformed", "node 2 reached twice"],
  [
    "a child out of range",
    stump({ nodes_truenodeids: ints([9, 0, 0]) }),
    "malformed",
    "a child that is not in its tree",
  ],
  ["a column out of range", stump({ nodes_featureids: ints([7, 0, 0]) }), "malformed", "a split on column 7 of 2"],
  ["a column below 0", stump({ nodes_featureids: ints([-1, 0, 0]) }), "malformed", "column -1 in node 0"],
  ["a node that occurs twice", stump({ nodes_nodeids: ints([0, 1, 1]) }), "malformed", "node 1 twice in a tree"],
  [
    "a tree whose nodes are not adjacent",
    stump({ nodes_treeids: ints([0, 1, 0]) }),
    "unsupported",
    "tree 0 in two places",
  ],
  ["lists of different lengths", stump({ nodes_values: floats([0.5]) }), "malformed", "1 nodes_values"],
  ["a leaf without weight", stump({ target_nodeids: ints([1, 0]) }), "malformed", "leaf 2 without a weight"],
  ["a leaf with two weights", stump({ target_nodeids: ints([1, 1]) }), "malformed", "target 0 twice in a leaf"],
  ["a target out of range", stump({ target_ids: ints([0, 1]) }), "malformed", "target 1"],
  [
    "a weight for a missing node",
    stump({ target_treeids: ints([0, 5]) }),
    "malformed",
    "a weight for node 2 of tree 5",
  ],
  ["an unknown mode", stump({ nodes_modes: strings(["BRANCH_IN", "LEAF", "LEAF"]) }), "unsupported", "mode BRANCH_IN"],
  ["a threshold of NaN", stump({ nodes_values: floats([Number.NaN, 0, 0]) }), "unsupported", "threshold NaN in node 0"],
  ["no tree", stump({ nodes_modes: strings([]) }), "malformed", "no nodes"],
  ["10⁹ targets", stump({ n_targets: int(1e9) }), "malformed", "1000000000 targets"],
  ["a wrong number of base values", stump({ base_values: floats([1, 2]) }), "malformed", "2 base_values"],
  [
    "a transform that onnxruntime ignores",
    stump({ post_transform: string("LOGISTIC") }),
    "unsupported",
    "post_transform LOGISTIC of one target",
  ],
  ["an unsupported transform", stump({ post_transform: string("PROBIT") }), "unsupported", "post_transform PROBIT"],
];

test.each(cases)("%s is refused with what was found", (_, given, kind, found) => {
  expect(compile(given)).toMatchObject({ ok: false, error: { kind, found } });
});

/** Builds a stump for two classes with weights for both. */
function classifier(changes: Attributes): Graph {
  const attributes = {
    nodes_treeids: ints([0, 0, 0]),
    nodes_nodeids: ints([0, 1, 2]),
    nodes_featureids: ints([0, 0, 0]),
    nodes_modes: strings(["BRANCH_LEQ", "LEAF", "LEAF"]),
    nodes_values: floats([0.5, 0, 0]),
    nodes_truenodeids: ints([1, 0, 0]),
    nodes_falsenodeids: ints([2, 0, 0]),
    class_treeids: ints([0, 0, 0, 0]),
    class_nodeids: ints([1, 1, 2, 2]),
    class_ids: ints([0, 1, 0, 1]),
    class_weights: floats([1, -1, -0.5, 0.5]),
    classlabels_int64s: ints([0, 1]),
    ...changes,
  };
  const nodes = [mlNode("TreeEnsembleClassifier", { inputs: ["x"], outputs: ["label", "y"], attributes })];
  return graph(nodes);
}

test("a mirrored classifier compiles", () => expect(compile(classifier({}))).toMatchObject({ ok: true }));
test.each([
  [
    "weights that are not mirrored",
    { class_weights: floats([0.9, 0.1, 0.5, 0.5]) },
    "two classes with separate weights",
  ],
  ["labels that onnxruntime ignores", { classlabels_int64s: ints([3, 5]) }, "labels 3,5 with weights for both"],
  ["base values with mirrored weights", { base_values: floats([1, 2]) }, "base_values with weights for both classes"],
  [
    "weights for class 1 only",
    {
      class_ids: ints([1, 1]),
      class_treeids: ints([0, 0]),
      class_nodeids: ints([1, 2]),
      class_weights: floats([1, 2]),
    },
    "weights for class 1 only",
  ],
  [
    "a single class",
    {
      classlabels_int64s: ints([0]),
      class_ids: ints([0, 0]),
      class_treeids: ints([0, 0]),
      class_nodeids: ints([1, 2]),
      class_weights: floats([1, 2]),
    },
    "1 class",
  ],
] as const)("%s are refused", (_, changes, found) => {
  expect(compile(classifier(changes))).toMatchObject({ ok: false, error: { kind: "unsupported", found } });
});

test("forests and batches above a limit are refused", () => {
  const forest = ensembleGraph(
    randomForest(seededRandom(1), { trees: 9, leavesMax: 9, columns: 2, aggregate: "sum", base: 0 }),
  );
  expect(compile(forest, { treeNodesMax: 10 })).toMatchObject({ ok: false, error: { kind: "too-large" } });
  const compiled = compile(graph([node("Add", { inputs: ["x", "x"], outputs: ["y"] })]), { runElementsMax: 10 });
  const run = compiled.ok && compiled.value.run({ x: { type: "float", data: new Float32Array(12), dims: [6, 2] } });
  expect(run).toMatchObject({ ok: false, error: { kind: "too-large", found: "6 rows with 24 elements" } });
});

const two = graphOf({
  inputs: [x, { ...x, name: "z" }],
  outputs: [y],
  nodes: [node("Add", { inputs: ["x", "z"], outputs: ["y"] })],
});
const rows = (count: number, columns = 2) =>
  ({ type: "float", data: new Float32Array(count * columns), dims: [count, columns] }) as const;

test.each([
  ["a missing input", { x: rows(1) }, "nothing"],
  ["different numbers of rows", { x: rows(1), z: rows(2) }, "2 rows"],
  ["another width", { x: rows(1), z: rows(1, 3) }, "[1,3]"],
  ["another type", { x: rows(1), z: { type: "int64", data: new Float64Array(2), dims: [1, 2] } as const }, "int64"],
  ["fewer elements than the dims", { x: rows(1), z: { ...rows(1), data: new Float32Array(1) } }, "1 elements"],
])("%s is refused", (_, feeds, found) => {
  expect(programOf(two).run(feeds)).toMatchObject({ ok: false, error: { kind: "input", found } });
});

test("the limit applies to all values together", () => {
  const wide = { ...x, shape: [null, 600_000] };
  const nodes = [node("Exp", { inputs: ["x"], outputs: ["y"] })];
  expect(compile(graph(nodes, { inputs: [wide] }))).toMatchObject({
    ok: false,
    error: { kind: "too-large", where: "node y (Exp)" },
  });
});

test("an input may be named constructor", () => {
  const nodes = [node("Identity", { inputs: ["constructor"], outputs: ["y"] })];
  const program = programOf(graph(nodes, { inputs: [{ ...x, name: "constructor" }] }));
  expect(program.run({})).toMatchObject({ ok: false, error: { kind: "input", found: "nothing" } });
});

test("the next run does not change the outputs of a run", () => {
  const program = programOf(two);
  const first = outputsOf(program.run({ x: rows(1), z: rows(1) }));
  outputsOf(program.run({ x: { ...rows(1), data: Float32Array.of(5, 5) }, z: rows(1) }));
  expect(first["y"]?.data).toEqual(new Float32Array(2));
});

test("an input or a constant that is an output is copied", () => {
  const constant = floatTensor("c", [1, 2]);
  const program = programOf(
    graphOf({
      inputs: [x],
      outputs: [y, { name: "c", type: "float", shape: [2] }],
      nodes: [identity],
      initializers: [constant],
    }),
  );
  const fed = Float32Array.of(3, 4);
  const outputs = outputsOf(program.run({ x: { type: "float", data: fed, dims: [1, 2] } }));
  expect(outputs["y"]?.data).toEqual(fed);
  expect(outputs["y"]?.data).not.toBe(fed);
  expect(outputs["c"]?.data).not.toBe(constant.data);
});
