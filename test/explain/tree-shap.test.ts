import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { addTreeShap, expectedOf } from "../../shared/explain/tree-shap.ts";
import { LEAF, leafOf, type Tree } from "../../shared/models/tree.ts";
import { shapleyByDefinition } from "./shapley.ts";

const numbers = z.array(z.number());
const golden = z
  .object({
    trees: z.array(
      z.object({
        feature: numbers,
        threshold: numbers,
        left: numbers,
        right: numbers,
        value: numbers,
        weight: numbers,
      }),
    ),
    rows: z.array(numbers),
    expected: z.number(),
    contributions: z.array(numbers),
  })
  .parse(JSON.parse(readFileSync("test/golden/tree-shap.json", "utf8")));

test("a forest's contributions and expected value equal those of the Python package shap", () => {
  const trees = golden.trees.map(
    (tree): Tree => ({
      feature: Int32Array.from(tree.feature),
      threshold: Float32Array.from(tree.threshold),
      missingLeft: new Uint8Array(tree.feature.length),
      left: Int32Array.from(tree.left),
      right: Int32Array.from(tree.right),
      value: Float32Array.from(tree.value),
      weight: Float64Array.from(tree.weight),
    }),
  );
  expect(trees.reduce((sum, tree) => sum + expectedOf(tree), 0) / trees.length).toBeCloseTo(golden.expected, 6);
  golden.rows.forEach((row, at) => {
    const contributions = new Float64Array(row.length);
    for (const tree of trees) addTreeShap(tree, row, contributions);
    // Leaves are float32 here and double in shap.
    golden.contributions[at]?.forEach((wanted, column) => {
      expect((contributions[column] ?? 0) / trees.length).toBeCloseTo(wanted, 6);
    });
  });
});

const columns = 3;

/** Makes a random tree with positive weights. The weight of a split is the sum of its children's weights. */
const anyTree: fc.Arbitrary<Tree> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: columns - 1 }), fc.integer({ min: -2, max: 2 }), fc.boolean(), fc.nat()), {
    maxLength: 7,
  })
  .chain((splits) =>
    fc.tuple(
      fc.constant(splits),
      fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 })), {
        minLength: splits.length + 1,
        maxLength: splits.length + 1,
      }),
    ),
  )
  .map(([splits, leaves]) => treeOf(splits, leaves));

type Split = readonly [column: number, threshold: number, missingLeft: boolean, where: number];

function treeOf(splits: readonly Split[], leaves: readonly (readonly [number, number])[]): Tree {
  const nodes: { column: number; threshold: number; missingLeft: boolean; left: number; right: number }[] = [];
  const leaf = () => ({ column: LEAF, threshold: 0, missingLeft: false, left: 0, right: 0 });
  nodes.push(leaf());
  for (const [column, threshold, missingLeft, where] of splits) {
    const open = nodes.flatMap((node, at) => (node.column < 0 ? [at] : []));
    const at = open[where % open.length] ?? 0;
    nodes[at] = { column, threshold, missingLeft, left: nodes.length, right: nodes.length + 1 };
    nodes.push(leaf(), leaf());
  }
  const value = new Float32Array(nodes.length);
  const weight = new Float64Array(nodes.length);
  let next = 0;
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at];
    if (node && node.column >= 0) weight[at] = (weight[node.left] ?? 0) + (weight[node.right] ?? 0);
    else [value[at], weight[at]] = leaves[next++] ?? [0, 1];
  }
  return {
    feature: Int32Array.from(nodes, ({ column }) => column),
    threshold: Float32Array.from(nodes, ({ threshold }) => threshold),
    missingLeft: Uint8Array.from(nodes, ({ missingLeft }) => Number(missingLeft)),
    left: Int32Array.from(nodes, ({ left }) => left),
    right: Int32Array.from(nodes, ({ right }) => right),
    value,
    weight,
  };
}

test("contributions equal Shapley values by definition, also for missing values, and add up to prediction − expected value", () => {
  const anyRow = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN)), {
    minLength: columns,
    maxLength: columns,
  });
  fc.assert(
    fc.property(anyTree, anyRow, (tree, row) => {
      const contributions = new Float64Array(columns);
      addTreeShap(tree, row, contributions);
      shapleyByDefinition(tree, row).forEach((wanted, column) => {
        expect(contributions[column]).toBeCloseTo(wanted, 9);
      });
      const prediction = tree.value[leafOf(tree, Float32Array.from(row), { offset: 0, stride: 1 })] ?? 0;
      const sum = contributions.reduce((total, one) => total + one, 0);
      expect(sum).toBeCloseTo(prediction - expectedOf(tree), 9);
    }),
    { numRuns: 500 },
  );
});
