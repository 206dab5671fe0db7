import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binFeatures } from "../../shared/models/binning.ts";
import { createGrower, type GrowthOptions, growTree } from "../../shared/models/grow.ts";
import { type Matrix, stridesOf } from "../../shared/models/matrix.ts";
import { createRandom, type Random } from "../../shared/models/random.ts";
import { addRoutedTree } from "../../shared/models/route.ts";
import { addTree, LEAF, leafOf, type Tree } from "../../shared/models/tree.ts";
import { checkTree, depthOf } from "./check-tree.ts";
import { matrixOf } from "./matrix-of.ts";

interface Case {
  readonly features: Matrix;
  readonly gradients: Float64Array;
  readonly hessians: Float64Array | null;
  readonly options: GrowthOptions;
  readonly random: Random;
}

/** Generates tables with ties, missing values and all kinds of columns, and all kinds of growth options. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    seed: fc.integer(),
    rows: fc.oneof(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 500, max: 1500 })),
    columns: fc.integer({ min: 1, max: 9 }),
    levels: fc.constantFrom(2, 5, 1_000_000),
    missing: fc.constantFrom(0, 0.2),
    weighted: fc.boolean(),
    leavesMax: fc.constantFrom(2, 7, 40, Number.POSITIVE_INFINITY),
    depthMax: fc.constantFrom(1, 4, Number.POSITIVE_INFINITY),
    leafRowsMin: fc.constantFrom(1, 3, 20),
    leafWeightMin: fc.constantFrom(0, 2),
    l2: fc.constantFrom(0, 1),
    featuresPerSplit: fc.constantFrom(1, 3, 9),
  })
  .map(({ seed, rows, columns, levels, missing, weighted, ...options }) => {
    const random = createRandom(seed);
    const value = (): number | null => (random.uniform() < missing ? null : random.integer(levels) / levels);
    const features = matrixOf(Array.from({ length: rows }, () => Array.from({ length: columns }, value)));
    const gradients = Float64Array.from({ length: rows }, () => random.uniform() - 0.4);
    const hessians = weighted ? Float64Array.from({ length: rows }, () => 0.1 + random.uniform()) : null;
    return { features, gradients, hessians, options, random };
  });

function grow({ features, gradients, hessians, options, random }: Case) {
  const grower = createGrower(binFeatures(features), options);
  const rows = Int32Array.from({ length: features.rows }, (_, row) => row);
  const columns = Int32Array.from({ length: features.columns }, (_, column) => column);
  const leafValue = (leaf: { gradient: number; hessian: number }): number =>
    -leaf.gradient / (leaf.hessian + options.l2);
  return { rows, ...growTree(grower, { gradients, hessians, rows, columns, random, leafValue }) };
}

function leafOfRow(tree: Tree, features: Matrix, row: number): number {
  const { row: rowStride, column: stride } = stridesOf(features);
  return leafOf(tree, features.values, { offset: row * rowStride, stride });
}

const property = (check: (grown: Case) => void): void => fc.assert(fc.property(cases, check), { numRuns: 60 });

describe("a grown tree", () => {
  test("is valid and within its limits", () => {
    property((given) => {
      const { tree, leaves } = grow(given);
      expect(checkTree(tree, given.features.columns)).toBeNull();
      expect(leaves.length).toBeLessThanOrEqual(given.options.leavesMax);
      expect(depthOf(tree)).toBeLessThanOrEqual(given.options.depthMax);
      if (leaves.length === 1) return;
      for (const leaf of leaves) {
        expect(leaf.end - leaf.start).toBeGreaterThanOrEqual(given.options.leafRowsMin);
        expect(leaf.hessian).toBeGreaterThanOrEqual(given.options.leafWeightMin - 1e-9);
      }
    });
  });

  test("routes raw values, also missing ones, to the same leaf as their bins", () => {
    property((given) => {
      const { tree, leaves, rows } = grow(given);
      let routed = 0;
      for (const leaf of leaves) {
        for (const row of rows.subarray(leaf.start, leaf.end)) {
          expect(leafOfRow(tree, given.features, row)).toBe(leaf.node);
          routed++;
        }
      }
      expect(routed).toBe(given.features.rows);
    });
  });

  test("the weight of a split is the sum of its children's weights", () => {
    property((given) => {
      const { tree, leaves } = grow(given);
      const weightOf = (row: number): number => given.hessians?.[row] ?? 1;
      const total = given.gradients.reduce((sum, _, row) => sum + weightOf(row), 0);
      expect(tree.weight[0]).toBeCloseTo(total, 6);
      expect(leaves.reduce((sum, leaf) => sum + leaf.hessian, 0)).toBeCloseTo(total, 6);
      tree.feature.forEach((feature, node) => {
        if (feature === LEAF) return;
        const below = (tree.weight[tree.left[node] ?? 0] ?? 0) + (tree.weight[tree.right[node] ?? 0] ?? 0);
        expect(tree.weight[node]).toBeCloseTo(below, 6);
      });
    });
  });

  test("leaf sums equal the sums over the leaf's rows, also after histogram subtraction", () => {
    property((given) => {
      const { leaves, rows } = grow(given);
      for (const leaf of leaves) {
        const own = [...rows.subarray(leaf.start, leaf.end)];
        expect(leaf.gradient).toBeCloseTo(
          own.reduce((sum, row) => sum + (given.gradients[row] ?? 0), 0),
          6,
        );
      }
    });
  });

  test("a larger value never moves a row to a leaf further left", () => {
    property((given) => {
      const { tree } = grow({ ...given, features: firstColumn(given.features) });
      const values = Float32Array.from({ length: 101 }, (_, i) => i / 100);
      const line: Matrix = { rows: 101, columns: 1, layout: "column-major", values };
      const order = leavesFromLeft(tree);
      const places = Array.from({ length: 101 }, (_, row) => order.indexOf(leafOfRow(tree, line, row)));
      places.forEach((place, i) => {
        expect(place).toBeGreaterThanOrEqual(places[i - 1] ?? 0);
      });
    });
  });

  test("adds to rows by their bins what it predicts for their values", () => {
    property((given) => {
      const binned = binFeatures(given.features);
      const grown = grow(given);
      const { rows } = given.features;
      const [routed, direct] = [new Float64Array(rows), new Float64Array(rows)];
      const every = Int32Array.from({ length: Math.ceil(rows / 3) }, (_, i) => 3 * i);
      addRoutedTree(grown, { binned, rows: every.slice(), buffer: new Int32Array(every.length) }, routed);
      addTree(grown.tree, given.features, direct);
      expect(routed).toEqual(direct.map((value, row) => (row % 3 === 0 ? value : 0)));
    });
  });

  test("gives the same predictions for row-major and column-major matrices", () => {
    property((given) => {
      const { tree } = grow(given);
      const { rows, columns, values } = given.features;
      const turned = new Float32Array(values.length);
      values.forEach((value, at) => {
        turned[(at % columns) * rows + Math.floor(at / columns)] = value;
      });
      const [a, b] = [new Float32Array(rows), new Float32Array(rows)];
      addTree(tree, given.features, a);
      addTree(tree, { rows, columns, layout: "column-major", values: turned }, b);
      expect(b).toEqual(a);
    });
  });
});

function firstColumn(features: Matrix): Matrix {
  const values = features.values.filter((_, at) => at % features.columns === 0);
  return { rows: features.rows, columns: 1, layout: "row-major", values };
}

function leavesFromLeft(tree: Tree, node = 0): number[] {
  if (tree.feature[node] === LEAF) return [node];
  return [...leavesFromLeft(tree, tree.left[node]), ...leavesFromLeft(tree, tree.right[node])];
}

describe("missing values", () => {
  const options: GrowthOptions = {
    leavesMax: 2,
    depthMax: 1,
    leafRowsMin: 1,
    leafWeightMin: 0,
    l2: 0,
    featuresPerSplit: 1,
  };
  const random = createRandom(1);
  const grown = (values: (number | null)[], gradients: number[]): Tree =>
    grow({
      features: matrixOf(values.map((value) => [value])),
      gradients: Float64Array.from(gradients),
      hessians: null,
      options,
      random,
    }).tree;

  test("go to the side with similar targets", () => {
    expect([...grown([1, 2, 3, 4, null, null], [-1, -1, 1, 1, -1, -1]).missingLeft]).toEqual([1, 0, 0]);
    expect([...grown([1, 2, 3, 4, null, null], [-1, -1, 1, 1, 1, 1]).missingLeft]).toEqual([0, 0, 0]);
  });

  test("can be separated from all present values, with a threshold above every finite value", () => {
    const tree = grown([1, 2, 3, null, null], [1, 1, 1, -1, -1]);
    const line = matrixOf([[3.4e38], [-3.4e38], [null]]);
    expect([0, 1, 2].map((row) => leafOfRow(tree, line, row))).toEqual([1, 1, 2]);
  });

  test("go to the larger child if training had none", () => {
    expect([...grown([1, 2, 3, 4, 5], [-1, 1, 1, 1, 1]).missingLeft]).toEqual([0, 0, 0]);
    expect([...grown([1, 2, 3, 4, 5], [-1, -1, -1, -1, 1]).missingLeft]).toEqual([1, 0, 0]);
  });
});

describe("checkTree", () => {
  const leaf: Tree = {
    feature: Int32Array.of(LEAF),
    threshold: Float32Array.of(0),
    missingLeft: Uint8Array.of(0),
    left: Int32Array.of(LEAF),
    right: Int32Array.of(LEAF),
    value: Float32Array.of(1),
    weight: Float64Array.of(1),
  };
  const stump: Tree = {
    feature: Int32Array.of(0, LEAF, LEAF),
    threshold: new Float32Array(3),
    missingLeft: new Uint8Array(3),
    left: Int32Array.of(1, LEAF, LEAF),
    right: Int32Array.of(2, LEAF, LEAF),
    value: new Float32Array(3),
    weight: new Float64Array(3),
  };

  test("accepts a leaf and a stump", () => {
    expect(checkTree(leaf, 1)).toBeNull();
    expect(checkTree(stump, 1)).toBeNull();
  });

  test("reports a cycle, a child out of range, an unknown column, a value of NaN and an orphan", () => {
    expect(checkTree({ ...stump, left: Int32Array.of(0, LEAF, LEAF) }, 1)).toMatch(/node 0 has children 0 and 2/);
    expect(checkTree({ ...stump, right: Int32Array.of(3, LEAF, LEAF) }, 1)).toMatch(/children 1 and 3/);
    expect(checkTree({ ...stump, feature: Int32Array.of(4, LEAF, LEAF) }, 4)).toMatch(/column 4: expected less than 4/);
    expect(checkTree({ ...leaf, value: Float32Array.of(Number.NaN) }, 1)).toMatch(/value NaN/);
    expect(checkTree({ ...stump, feature: Int32Array.of(LEAF, LEAF, LEAF) }, 1)).toMatch(/node 1 has 0 parents/);
    expect(checkTree({ ...stump, weight: new Float64Array(2) }, 1)).toMatch(/expected equal lengths/);
  });
});
