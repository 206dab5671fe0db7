import fc from "fast-check";
import { RandomForestRegression } from "ml-random-forest";
import { describe, expect, test } from "vitest";
import { encode } from "../../shared/candidates/encoding.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { ensembleOf } from "../../shared/candidates/ml-random-forest.ts";
import { addTreeShap, expectedOf } from "../../shared/explain/tree-shap.ts";
import { float32Below } from "../../shared/models/float32.ts";
import { columnOf } from "../../shared/models/matrix.ts";
import { createRandom } from "../../shared/models/random.ts";
import { predictEnsemble } from "../../shared/models/tree.ts";
import { shapleyByDefinition } from "../explain/shapley.ts";
import { checkTree } from "../models/check-tree.ts";
import { matrixOf } from "../models/matrix-of.ts";
import { fitted, smallData, taskOf } from "./support.ts";

/** Returns the next larger float32. */
function above(value: number): number {
  return -float32Below(-value);
}

describe("the largest float32 below a number", () => {
  test("is below it, with no float32 between", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ min: -1e30, max: 1e30, noNaN: true }),
          fc.float({ noNaN: true, min: -(2 ** 99), max: 2 ** 99 }),
        ),
        (value) => {
          const below = float32Below(value);
          expect(Math.fround(below)).toBe(below);
          expect(below).toBeLessThan(value);
          const rounded = Math.fround(value);
          // The next float32 is the rounded value, or the value was rounded down to this float32.
          if (rounded < value) expect(below).toBe(rounded);
          else
            expect(Math.fround((below + rounded) / 2) === below || Math.fround((below + rounded) / 2) === rounded).toBe(
              true,
            );
        },
      ),
    );
    expect([float32Below(0), float32Below(1), float32Below(-1)]).toEqual([-(2 ** -149), 1 - 2 ** -24, -1 - 2 ** -23]);
  });
});

describe("the converted forest", () => {
  test("predicts the same as the library, for any float32 and at every threshold", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), fc.constantFrom(0.5, 1, 2, 3), (seed, maxFeatures) => {
        const random = createRandom(seed);
        // On a coarse grid values repeat, and thresholds are equal to values or between them.
        const draw = () => Math.fround(random.uniform() < 0.5 ? random.integer(6) / 10 : random.uniform());
        const rows = Array.from({ length: 60 }, () => [draw(), draw(), draw()]);
        const target = rows.map(([a = 0, b = 0, c = 0]) => a * 3 - b * c + random.uniform());
        const forest = new RandomForestRegression({
          nEstimators: 4,
          maxFeatures,
          replacement: false,
          useSampleBagging: true,
          noOOB: true,
          seed,
          treeOptions: { minNumSamples: 3, maxDepth: 8 },
        });
        forest.train(rows, target);
        const ensemble = ensembleOf(forest.toJSON(), 3);
        for (const tree of ensemble.trees) expect(checkTree(tree, 3)).toBeNull();
        const thresholds = ensemble.trees.flatMap(({ threshold }) => [...threshold]);
        const inputs = [
          ...rows,
          ...Array.from({ length: 20 }, () => [draw(), draw(), draw()]),
          ...thresholds.flatMap((at) => [at, above(at)].map((value) => [value, value, value])),
        ];
        const theirs = forest.predict(inputs);
        predictEnsemble(ensemble, matrixOf(inputs)).forEach((ours, row) => {
          expect(Math.abs(ours - (theirs[row] ?? Number.NaN))).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(ours)));
        });
      }),
      { numRuns: 25 },
    );
  });
});

describe("the candidate", () => {
  const forest = candidateNamed("ml-random-forest");

  test("learns from the latest whole periods with at most 300 rows", () => {
    const data = smallData(1, 40);
    const rows = { from: 0, to: data.rows };
    const parameters = { trees: 1, leafRowsMin: 100 };
    const model = fitted(forest, taskOf(data, rows, { parameters }));
    // 25 periods of 12 rows are 300 rows.
    const latest = { from: data.rows - 300, to: data.rows };
    expect(fitted(forest, taskOf(data, latest, { parameters }))).toEqual(model);
    const fewer = { from: data.rows - 288, to: data.rows };
    expect(fitted(forest, taskOf(data, fewer, { parameters }))).not.toEqual(model);
  });

  test("a share of 1 draws all columns, and a tiny share draws one", () => {
    const data = smallData();
    for (const [columnShare, columns] of [
      [1, 4],
      [0.01, 1],
    ] as const) {
      const model = fitted(
        forest,
        taskOf(data, { from: 0, to: 240 }, { parameters: { columnShare, trees: 3, leafRowsMin: 5 } }),
      );
      if (model.kind !== "trees") throw new Error(model.kind);
      const used = model.ensemble.trees.map(
        ({ feature }) => new Set([...feature].filter((column) => column >= 0)).size,
      );
      expect(Math.max(...used)).toBe(columns);
    }
  });
});

test("the training weights of its trees give Shapley values by definition, which add up to the prediction", () => {
  const data = smallData();
  const value = fitted(candidateNamed("ml-random-forest"), taskOf(data, { from: 0, to: 240 }));
  if (value.kind !== "trees") throw new Error("the model has trees");
  const { encoding, ensemble } = value;
  const features = encode(encoding, data, { from: 0, to: 30 });
  const predictions = predictEnsemble(ensemble, features);
  for (let row = 0; row < features.rows; row++) {
    const columns = Array.from({ length: features.columns }, (_, column) => columnOf(features, column)[row] ?? 0);
    let expected = 0;
    const contributions = new Float64Array(columns.length);
    const wanted = new Float64Array(columns.length);
    for (const tree of ensemble.trees) {
      expect(tree.weight[0]).toBe(240);
      expected += expectedOf(tree);
      addTreeShap(tree, columns, contributions);
      shapleyByDefinition(tree, columns).forEach((one, column) => {
        wanted[column] = (wanted[column] ?? 0) + one;
      });
    }
    contributions.forEach((one, column) => {
      expect(one).toBeCloseTo(wanted[column] ?? Number.NaN, 9);
    });
    const sum = contributions.reduce((total, one) => total + one, expected) / ensemble.trees.length;
    expect(sum).toBeCloseTo(predictions[row] ?? Number.NaN, 5);
  }
});
