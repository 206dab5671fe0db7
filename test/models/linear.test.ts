import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cholesky, choleskySolve } from "../../shared/models/cholesky.ts";
import type { TrainingData } from "../../shared/models/fit.ts";
import { weightedGram } from "../../shared/models/linear.ts";
import { fitLogistic } from "../../shared/models/logistic.ts";
import { fitRidge } from "../../shared/models/ridge.ts";
import { matrixOf } from "./matrix-of.ts";
import { above, designOf, diabetes, meanLoss, modelOf, predictLogistic, predictRidge, rmse } from "./support.ts";

const data = diabetes();
const classes = { ...data, target: above(data.target, 140) };

describe("cholesky", () => {
  test("solves A x = b for every positive definite A", () => {
    const entry = fc.double({ min: -3, max: 3, noNaN: true });
    const matrix = fc.array(fc.array(entry, { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(matrix, fc.array(entry, { minLength: 4, maxLength: 4 }), (b, x) => {
        const at = (i: number, j: number): number =>
          b.reduce((sum, row) => sum + (row[i] ?? 0) * (row[j] ?? 0), i === j ? 1 : 0);
        const a = Float64Array.from({ length: 16 }, (_, k) => at(Math.floor(k / 4), k % 4));
        const right = Float64Array.from({ length: 4 }, (_, i) => x.reduce((sum, v, j) => sum + at(i, j) * v, 0));
        const lower = cholesky(a, 4);
        const solved = lower === null ? [] : [...choleskySolve(lower, right)];
        expect(solved.length).toBe(4);
        solved.forEach((value, i) => {
          expect(value).toBeCloseTo(x[i] ?? 0, 8);
        });
      }),
    );
  });

  test("returns null for a singular or indefinite matrix", () => {
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBeNull();
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeNull();
  });
});

describe("ridge", () => {
  test("recovers a linear function without a penalty", () => {
    const rows = Array.from({ length: 30 }, (_, i) => [i, (i * i) % 7]);
    const law = { features: matrixOf(rows), target: Float64Array.from(rows, ([a = 0, b = 0]) => 3 + 2 * a - 5 * b) };
    const model = modelOf(fitRidge({ alpha: 0 }, { ...law, features: designOf(law.features) }));
    expect(rmse(law.target, predictRidge(model, law.features))).toBeLessThan(1e-9);
  });

  test("a missing value predicts like the mean of its column, and a constant column has no effect", () => {
    const rows = [
      [1, 5],
      [2, 5],
      [null, 5],
      [3, 5],
      [6, 5],
    ];
    const model = modelOf(
      fitRidge({ alpha: 1 }, { features: designOf(matrixOf(rows)), target: Float64Array.of(1, 2, 3, 4, 5) }),
    );
    expect(model.coefficients[1]).toBe(0);
    expect(
      predictRidge(
        model,
        matrixOf([
          [null, 5],
          [3, 99],
        ]),
      ),
    ).toEqual(
      predictRidge(
        model,
        matrixOf([
          [3, 5],
          [3, 5],
        ]),
      ),
    );
  });

  test("two equal columns are singular without a penalty and share the coefficient with a penalty", () => {
    const features = matrixOf([1, 2, 4, 8, 9].map((x) => [x, x]));
    const twice = { features: designOf(features), target: Float64Array.of(1, 2, 3, 4, 6) };
    expect(fitRidge({ alpha: 0 }, twice)).toEqual({ ok: false, error: { kind: "singular", alphaMax: 0 } });
    const { coefficients } = modelOf(fitRidge({ alpha: 0.5 }, twice));
    expect(coefficients[0]).toBeCloseTo(coefficients[1] ?? 0, 10);
  });
});

describe("logistic", () => {
  test("the mean probability on the training rows is the share of ones", () => {
    for (const alpha of [0, 1, 1e4]) {
      const predicted = predictLogistic(modelOf(fitLogistic({ alpha }, classes)), classes.features);
      const share = meanLoss(classes.target, predicted, (y) => y);
      expect(meanLoss(classes.target, predicted, (_, p) => p)).toBeCloseTo(share, 8);
    }
  });

  test("separable classes are rejected without a penalty and fitted with a penalty", () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i, (i * 3) % 5]);
    const separable = { features: matrixOf(rows), target: Float64Array.from(rows, ([a = 0]) => (a > 9 ? 1 : 0)) };
    expect(fitLogistic({ alpha: 0 }, separable)).toMatchObject({ ok: false, error: { kind: "separable" } });
    const predicted = predictLogistic(modelOf(fitLogistic({ alpha: 1e-3 }, separable)), separable.features);
    expect(meanLoss(separable.target, predicted, (y, p) => (y === Math.round(p) ? 1 : 0))).toBe(1);
  });

  test("classes that overlap in a single value are separable too", () => {
    const rows = [0, 1, 2, 3, 3, 4, 5, 6];
    const target = Float64Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const fitted = fitLogistic({ alpha: 0 }, { features: matrixOf(rows.map((row) => [row])), target });
    expect(fitted).toMatchObject({ ok: false, error: { kind: "separable" } });
  });

  test("too few iterations give a not-converged problem", () => {
    expect(fitLogistic({ iterationsMax: 1 }, classes)).toMatchObject({
      error: { kind: "not-converged", iterations: 1 },
    });
  });
});

test("both linear models reject invalid training data, with the reason", () => {
  const fits = [
    (d: TrainingData) => fitRidge({ alpha: 1 }, { ...d, features: designOf(d.features) }),
    (d: TrainingData) => fitLogistic({}, d),
  ];
  for (const learn of fits) {
    const target = classes.target;
    const allMissing = {
      ...data.features,
      values: data.features.values.map((v, at) => (at % 10 === 9 ? Number.NaN : v)),
    };
    expect(learn({ ...classes, target: target.map(() => 1) })).toMatchObject({ error: { kind: "constant-target" } });
    expect(learn({ target, features: allMissing })).toMatchObject({
      error: { kind: "all-missing-feature", features: [9] },
    });
    expect(learn({ features: matrixOf([[1]]), target: Float64Array.of(1) })).toMatchObject({
      error: { kind: "too-few-rows" },
    });
  }
  const design = { ...data, features: designOf(data.features) };
  expect(fitRidge({ alpha: -1 }, design)).toMatchObject({
    error: { kind: "invalid-option", option: "alpha", found: -1 },
  });
  expect(fitLogistic({ alpha: -1 }, classes)).toMatchObject({ error: { kind: "invalid-option", option: "alpha" } });
});

test("the Gram matrix equals the plain sum of products, also for sparse columns", () => {
  const rows = 24;
  const dense = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: rows, maxLength: rows });
  const sparse = fc
    .tuple(fc.integer({ min: -3, max: 3 }), fc.array(fc.nat(rows - 1), { maxLength: 9 }), dense)
    .map(([usual, places, others]) => others.map((other, row) => (places.includes(row) ? other : usual)));
  const columns = fc.array(fc.oneof(dense, sparse), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(columns, fc.option(dense), (lists, weights) => {
      const gram = weightedGram(
        lists.map((list) => Float64Array.from(list)),
        weights && Float64Array.from(weights),
      );
      lists.forEach((left, i) => {
        lists.forEach((right, j) => {
          const plain = left.reduce((sum, value, row) => sum + value * (right[row] ?? 0) * (weights?.[row] ?? 1), 0);
          expect(Math.abs((gram[i * lists.length + j] ?? Number.NaN) - plain)).toBeLessThan(1e-10);
        });
      });
    }),
  );
});
