/** Stumps that the trainer writes are part of the base. Trees that were learned are not taken for stumps. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildExplainer } from "../../shared/explain/explainer.ts";
import { readStump } from "../../shared/explain/forest.ts";
import { LEAF, predictEnsemble, SMALLEST_NORMAL, THRESHOLD_MAX, type Tree } from "../../shared/models/tree.ts";
import { ensembleAttributes } from "../../shared/onnx/ensemble-attributes.ts";
import { type Attributes, floats, type Graph, mlNode, PORTABLE, strings } from "../../shared/onnx/graph.ts";
import { shapleyByDefinition } from "./shapley.ts";

interface Story {
  readonly threshold: number;
  readonly missingLeft?: boolean;
  readonly leaves: readonly [atMost: number, above: number];
  /** Training weights of the leaves. */
  readonly weights?: readonly [number, number];
}

function stumpOf({ threshold, missingLeft = false, leaves, weights: [below, over] = [0, 0] }: Story): Tree {
  return {
    feature: Int32Array.of(0, LEAF, LEAF),
    threshold: Float32Array.of(threshold, 0, 0),
    missingLeft: Uint8Array.of(Number(missingLeft), 0, 0),
    left: Int32Array.of(1, 0, 0),
    right: Int32Array.of(2, 0, 0),
    value: Float32Array.of(0, ...leaves),
    weight: Float64Array.of(below + over, below, over),
  };
}

const ensembleOf = (tree: Tree) => ({ trees: [tree], base: 0, aggregate: "sum", columns: 1 }) as const;
const attributesOf = (story: Story): Attributes => ensembleAttributes(ensembleOf(stumpOf(story)));

/** Explains a file whose prediction is these trees of the input `x`. */
function explained(attributes: Attributes, x: number) {
  const graph: Graph = {
    ...PORTABLE,
    ...{ name: "trees", producer: "test", metadata: {}, initializers: [] },
    inputs: [{ name: "x", type: "float", shape: [null, 1] }],
    outputs: [{ name: "sum", type: "float", shape: [null, 1] }],
    nodes: [mlNode("TreeEnsembleRegressor", { inputs: ["x"], outputs: ["sum"], attributes })],
  };
  const built = buildExplainer({ graph, inputs: ["x"], output: "sum", profile: [] });
  return built.ok ? built.value.explain(() => x) : built.error;
}

const thresholds = [THRESHOLD_MAX, 0, -SMALLEST_NORMAL] as const;
/** Numbers near the thresholds. Some are not float32, so a comparison of doubles puts them on the other side. */
const anyValue = fc.constantFrom(Number.NaN, 0, -0, 1e-60, -1e-60, 1, -1, 2e-38, -2e-38, -1.1754943e-38, 3e38, 1e39);

test("a written stump is part of the base, with the value that the engine computes", () => {
  const anyStory = fc.record({
    threshold: fc.constantFrom(...thresholds),
    missingLeft: fc.boolean(),
    leaves: fc.constantFrom<Story["leaves"]>([0, 1], [0.25, 0], [0, 0]),
  });
  fc.assert(
    fc.property(anyStory, anyValue, (story, x) => {
      const matrix = { rows: 1, columns: 1, layout: "row-major", values: Float32Array.of(x) } as const;
      const [value] = predictEnsemble(ensembleOf(stumpOf(story)), matrix);
      expect(explained(attributesOf(story), x)).toEqual({ value, base: value, by: Float64Array.of(0), exact: true });
    }),
  );
});

test("a learned tree of the same form has the contribution of its input, as Shapley values by definition", () => {
  for (const threshold of thresholds)
    for (const x of [-1, 0, 1, Number.NaN]) {
      const story: Story = { threshold, leaves: [0, 2], weights: [3, 1] };
      const [wanted = Number.NaN] = shapleyByDefinition(stumpOf(story), [x]);
      expect(explained(attributesOf(story), x)).toMatchObject({ base: 0.5, by: Float64Array.of(wanted) });
    }
});

const written = attributesOf({ threshold: 0, leaves: [0, 2] });

test.each<[string, Attributes, string]>([
  ["a threshold that the trainer does not write", attributesOf({ threshold: 1, leaves: [0, 2] }), "do not contain"],
  ["no side with 0", attributesOf({ threshold: 0, leaves: [1, 2] }), "do not contain"],
  ["another comparison", { ...written, nodes_modes: strings(["BRANCH_LT", "LEAF", "LEAF"]) }, "do not contain"],
  ["a base value", { ...written, base_values: floats([1]) }, "do not contain"],
  ["the weights of a converter", { ...written, nodes_hitrates: floats([1, 1, 1]) }, "do not add up"],
])("a tree with %s is no written stump", (_, attributes, reason) => {
  expect(readStump(attributes)).toBeNull();
  expect(explained(attributes, 1)).toContain(reason);
});

test("trees without a split need no training weights: their value is the base", () => {
  const leaf = { feature: Int32Array.of(LEAF), threshold: new Float32Array(1), missingLeft: new Uint8Array(1) };
  const tree = { ...leaf, left: Int32Array.of(0), right: Int32Array.of(0), weight: new Float64Array(1) };
  const attributes = ensembleAttributes({ ...ensembleOf({ ...tree, value: Float32Array.of(0) }), base: 0.75 });
  expect(explained(attributes, 1)).toEqual({ value: 0.75, base: 0.75, by: Float64Array.of(0), exact: true });
});
