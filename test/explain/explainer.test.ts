/** Explains whole model files as the trainer writes them, and compares the explanations with the files' predictions. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Encoding } from "../../shared/candidates/encoding.ts";
import type { Fitted, Transform } from "../../shared/candidates/fitted.ts";
import { graphOf, predictionOutput } from "../../shared/candidates/graph.ts";
import { buildExplainer } from "../../shared/explain/explainer.ts";
import { addTreeShap, expectedOf } from "../../shared/explain/tree-shap.ts";
import type { Feature } from "../../shared/features/feature.ts";
import { type Ensemble, LEAF, type Tree } from "../../shared/models/tree.ts";
import { float, floats, type Graph, mlNode, node, PORTABLE, strings } from "../../shared/onnx/graph.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Card } from "../../shared/registry/card.ts";
import { compileModel, runProgram } from "../../shared/registry/onnx-engine.ts";

const features: readonly Feature[] = [
  { name: "last", kind: "lag", periods: 1 },
  { name: "change", kind: "difference", periods: 1 },
  { name: "place", kind: "category", dimension: "place" },
];
const names = features.map(({ name }) => name);
const profile: Card["profile"] = [
  {
    name: "last",
    dtype: "float",
    count: 4,
    missing: 0,
    mean: 10,
    standardDeviation: 1,
    minimum: 9,
    maximum: 11,
    edges: [],
    counts: [4],
  },
  {
    name: "change",
    dtype: "float",
    count: 4,
    missing: 0,
    mean: 0.5,
    standardDeviation: 1,
    minimum: 0,
    maximum: 1,
    edges: [],
    counts: [4],
  },
  { name: "place", dtype: "string", count: 4, missing: 0, counts: { here: 3, there: 1 } },
];

type Row = Readonly<Record<string, number | string>>;

/** Returns a file's prediction of a row and its explanation. */
function explained(value: Fitted, row: Row, transform: Transform = "difference") {
  const metadata = {};
  const parts = { features, last: "last", transform, value, change: null, name: "n", producer: "p", metadata };
  const bytes = writeModel(graphOf(parts));
  const read = readModel(bytes);
  const compiled = compileModel(bytes);
  if (!read.ok || !compiled.ok) throw new Error("the file cannot be read");
  const built = buildExplainer({ graph: read.value, inputs: names, output: predictionOutput, profile });
  if (!built.ok) throw new Error(built.error);
  const run = runProgram(compiled.value, {
    last: Float32Array.of(Number(row.last)),
    change: Float32Array.of(Number(row.change)),
    place: [String(row.place)],
  });
  if (!run.ok) throw new Error(run.error.reason);
  const found = built.value.explain((name) => row[name] ?? Number.NaN);
  return { ...found, by: [...found.by], prediction: run.value[predictionOutput]?.[0] ?? Number.NaN };
}

const stump = (feature: number, threshold: number, [low, high]: readonly [number, number], weights = [6, 2]): Tree => ({
  feature: Int32Array.of(feature, LEAF, LEAF),
  threshold: Float32Array.of(threshold, 0, 0),
  missingLeft: Uint8Array.of(1, 0, 0),
  left: Int32Array.of(1, 0, 0),
  right: Int32Array.of(2, 0, 0),
  value: Float32Array.of(0, low, high),
  weight: Float64Array.of((weights[0] ?? 0) + (weights[1] ?? 0), weights[0] ?? 0, weights[1] ?? 0),
});

const encoding: Encoding = {
  columns: [
    { name: "change", how: "number" },
    { name: "place", how: "rank", categories: ["here", "there"], ranks: Float32Array.of(0, 1) },
    { name: "last", how: "number" },
  ],
  imputed: null,
};
const ensemble: Ensemble = {
  trees: [stump(0, 0.5, [-1, 3]), stump(1, 0.5, [0.25, 0.75]), stump(0, -1, [2, 0], [1, 3])],
  base: 0.125,
  aggregate: "sum",
  columns: 3,
};
const trees: Fitted = { kind: "trees", encoding, ensemble };
const line: Fitted = {
  kind: "linear",
  encoding: {
    columns: [
      { name: "change", how: "number" },
      { name: "place", how: "one-hot", categories: ["here", "there"] },
    ],
    imputed: null,
  },
  model: {
    means: Float64Array.of(0.5, 0.75, 0.25),
    scales: Float64Array.of(2, 0.5, 0.5),
    coefficients: Float64Array.of(4, 1, -1),
    intercept: 0.5,
  },
};
const chance = { encoding, ensemble, slope: 1.5, intercept: -0.25 };
const hurdle: Fitted = { kind: "hurdle", chance, size: trees };
const likely: Fitted = { kind: "calibrated", score: trees, slope: 0.5, intercept: -1 };
const lineOdds: Fitted = { kind: "calibrated", score: line, slope: 0.25, intercept: 0.5 };
const row = { last: 20, change: 1, place: "there" };

describe("contributions", () => {
  test("of trees are Shapley values by input; the last value is part of the base", () => {
    const found = explained(trees, row);
    const columns = new Float64Array(3);
    for (const tree of ensemble.trees) addTreeShap(tree, [1, 1, 20], columns);
    const expected = ensemble.trees.reduce((sum, tree) => sum + expectedOf(tree), 0);
    expect(found.by).toEqual([0, columns[0], columns[1]]);
    expect(found).toMatchObject({ base: 20 + 0.125 + expected, exact: true });
    // change 1: 3 instead of the mean 0, and 0 instead of 0.5. place "there": 0.75 instead of 0.375.
    expect(found.by).toEqual([0, 2.5, 0.375]);
  });

  test("of an averaging forest are divided by the number of trees", () => {
    const found = explained({ kind: "trees", encoding, ensemble: { ...ensemble, aggregate: "average" } }, row);
    expect(found.by[1]).toBeCloseTo(2.5 / 3, 12);
  });

  test("of a linear model are coefficient × (value − training mean)", () => {
    const found = explained(line, row);
    // change: (1 − 0.5) ÷ 2 × 4 = 1. place "there": −1 ÷ 0.5 × (1 − 0.25) and 1 ÷ 0.5 × (0 − 0.75).
    [0, 1, -3].forEach((wanted, at) => {
      expect(found.by[at]).toBeCloseTo(wanted, 6);
    });
    expect(found.base).toBeCloseTo(20.5, 6);
    expect(found.exact).toBe(true);
  });

  test("of an average are the mean of its members' contributions", () => {
    const found = explained({ kind: "average", members: [trees, line] }, row);
    expect(found.by[1]).toBeCloseTo((2.5 + 1) / 2, 6);
    expect(found.by[2]).toBeCloseTo((0.375 - 3) / 2, 6);
    expect(found.exact).toBe(true);
  });

  test("of a hurdle add up and are not exact", () => {
    const found = explained(hurdle, row);
    expect(found.exact).toBe(false);
    expect(found.by[1]).toBeGreaterThan(0);
  });

  test("of a calibrated probability add up and are not exact", () => {
    const found = explained(likely, row, "level");
    expect(found.exact).toBe(false);
    expect(found.value).toBeGreaterThan(0);
    expect(found.value).toBeLessThan(1);
    // A contribution that increases the score increases the probability.
    expect(found.by[1]).toBeGreaterThan(0);
  });

  test("of the last value and of the value a season ago are 0", () => {
    expect(explained({ kind: "last" }, row)).toMatchObject({ base: 20, by: [0, 0, 0], exact: true });
    expect(explained({ kind: "feature", feature: "change" }, row)).toMatchObject({ base: 1, by: [0, 0, 0] });
    expect(explained({ kind: "feature", feature: "change" }, { ...row, change: Number.NaN })).toMatchObject({
      base: 20,
    });
  });
});

test("base and contributions add up to the file's prediction, for every model, row and transform", () => {
  const anyRow = fc.record({
    last: fc.integer({ min: 1, max: 80 }),
    change: fc.oneof(
      fc.integer({ min: -8, max: 8 }).map((quarters) => quarters / 4),
      fc.constant(Number.NaN),
    ),
    place: fc.constantFrom("here", "there", "elsewhere", ""),
  });
  const average: Fitted = { kind: "average", members: [trees, line, hurdle] };
  const anyModel = fc.constantFrom<Fitted>(trees, line, hurdle, likely, lineOdds, average, { kind: "last" });
  fc.assert(
    fc.property(
      anyModel,
      anyRow,
      fc.constantFrom<Transform>("difference", "level", "log-difference"),
      (value, at, transform) => {
        const found = explained(value, at, transform);
        const sum = found.by.reduce((total, one) => total + one, found.base);
        expect(Math.abs(sum - found.value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(sum)));
        expect(Math.abs(sum - found.prediction)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(sum)));
      },
    ),
  );
});

test("a file without training weights is rejected with the reason", () => {
  const bare = { ...ensemble, trees: ensemble.trees.map((tree) => ({ ...tree, weight: new Float64Array(3) })) };
  expect(() => explained({ kind: "trees", encoding, ensemble: bare }, row)).toThrow(/do not contain training weights/);
});

test.each([
  ["1 at every node, as converters of LightGBM and scikit-learn write it", [1, 1, 1]],
  ["0 at every node except one", [0, 0, 0.5]],
])("a file whose training weights do not add up is rejected: %s", (_, weights) => {
  const wrong = { ...ensemble, trees: ensemble.trees.map((tree) => ({ ...tree, weight: Float64Array.from(weights) })) };
  expect(() => explained({ kind: "trees", encoding, ensemble: wrong }, row)).toThrow(/do not add up/);
});

test("a file that adds the number of a category is rejected: the number may be learned, and it would have no contribution", () => {
  const graph: Graph = {
    ...PORTABLE,
    ...{ name: "imported", producer: "scikit-learn", metadata: {}, initializers: [] },
    inputs: [],
    outputs: [{ name: "sum", type: "float", shape: [null, 1] }],
    nodes: [
      mlNode("LabelEncoder", {
        inputs: ["place"],
        outputs: ["effect"],
        attributes: { keys_strings: strings(["here"]), values_floats: floats([2]), default_float: float(0) },
      }),
      node("Add", { inputs: ["last", "effect"], outputs: ["sum"] }),
    ],
  };
  const error = "its operator LabelEncoder is not supported by explanations";
  expect(buildExplainer({ graph, inputs: names, output: "sum", profile })).toEqual({ ok: false, error });
});
