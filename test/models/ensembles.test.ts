import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TrainingData } from "../../shared/models/fit.ts";
import { fitGradientBoosting, type GradientBoostingOptions } from "../../shared/models/gradient-boosting.ts";
import { fitRandomForest } from "../../shared/models/random-forest.ts";
import { matrixOf } from "./matrix-of.ts";
import {
  above,
  firstRows,
  friedman1,
  meanLoss,
  modelOf,
  predictGradientBoosting,
  predictRandomForest,
  rmse,
  withHoles,
} from "./support.ts";

const train = firstRows(friedman1(1500, 1), 800);
const held = friedman1(500, 2);
const classes: TrainingData = { ...train, target: above(train.target, 14) };
const quick = { iterations: 20, leafRowsMin: 10 };
const chancy = { ...quick, rowShare: 0.6, columnShare: 0.7, splitColumnShare: 0.5 };

describe("gradient boosting", () => {
  test("gives the same model for the same seed and a different model for a different seed", () => {
    const learn = (seed: number) => modelOf(fitGradientBoosting({ ...chancy, seed }, train));
    expect(learn(1)).toEqual(learn(1));
    expect(learn(1)).not.toEqual(learn(2));
  });

  test("does not depend on the layout of the matrix", () => {
    const { rows, columns, values } = train.features;
    const turned = Float32Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] ?? 0);
    const features = { rows, columns, layout: "column-major" as const, values: turned };
    const learn = (data: TrainingData) => modelOf(fitGradientBoosting(chancy, data));
    expect(learn({ ...train, features })).toEqual(learn(train));
  });

  test("every tree on all rows reduces the training error", () => {
    const errors = [1, 5, 20, 60].map((iterations) => {
      const model = modelOf(fitGradientBoosting({ ...quick, iterations }, train));
      return rmse(train.target, predictGradientBoosting(model, train.features));
    });
    expect(errors).toEqual([...errors].sort((a, b) => b - a));
  });

  test("stops early and returns the trees up to the lowest validation loss", () => {
    const options = { iterations: 400, learningRate: 0.3, patience: 5 };
    const { ensemble, validationLosses } = modelOf(fitGradientBoosting(options, train, held));
    const best = validationLosses.indexOf(Math.min(...validationLosses));
    expect(ensemble.trees.length).toBe(best);
    expect(validationLosses.length).toBe(best + 5 + 1);
    const model = modelOf(fitGradientBoosting({ ...options, iterations: best }, train));
    expect(model.ensemble.trees).toEqual(ensemble.trees);
  });

  test("predicts a constant if no tree lowers the validation loss", () => {
    const opposite = { features: train.features, target: train.target.map((value) => -value) };
    const { ensemble } = modelOf(fitGradientBoosting(quick, train, opposite));
    expect(ensemble.trees.length).toBe(0);
    const mean = train.target.reduce((sum, value) => sum + value, 0) / train.target.length;
    expect(ensemble.base).toBe(Math.fround(mean));
  });

  test.each([0.1, 0.5, 0.9])(
    "with the quantile loss about the share %d of targets is below the prediction",
    (quantile) => {
      const model = modelOf(fitGradientBoosting({ ...quick, iterations: 100, loss: "quantile", quantile }, train));
      const below = meanLoss(train.target, predictGradientBoosting(model, train.features), (y, p) => (y <= p ? 1 : 0));
      expect(Math.abs(below - quantile)).toBeLessThan(0.06);
    },
  );

  test("the absolute loss is robust against outliers, the squared loss is not", () => {
    const spoilt = { ...train, target: train.target.map((value, row) => (row % 50 === 0 ? value + 10_000 : value)) };
    const error = (loss: "absolute" | "squared") =>
      rmse(
        held.target,
        predictGradientBoosting(modelOf(fitGradientBoosting({ ...quick, loss }, spoilt)), held.features),
      );
    expect(error("absolute")).toBeLessThan(4);
    expect(error("squared")).toBeGreaterThan(20);
  });

  test("logistic predictions are probabilities whose mean is the share of ones", () => {
    const model = modelOf(fitGradientBoosting({ ...quick, loss: "logistic" }, classes));
    const predicted = predictGradientBoosting(model, classes.features);
    expect(predicted.every((p) => p > 0 && p < 1)).toBe(true);
    const mean = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0) / train.target.length;
    expect(mean(predicted)).toBeCloseTo(mean(classes.target), 1);
  });

  test("a tenth of missing values increases the error only a little", () => {
    const holed = { ...train, features: withHoles(train.features, 11) };
    const predicted = predictGradientBoosting(modelOf(fitGradientBoosting({}, holed)), withHoles(held.features, 11));
    expect(rmse(held.target, predicted)).toBeLessThan(3);
  });
});

test("a tree learns from at most the maximum number of rows, but from at least a fifth of all", () => {
  const drawn = (rowsPerTreeMax: number) => {
    const boosted = modelOf(fitGradientBoosting({ iterations: 1, rowsPerTreeMax }, train));
    const forest = modelOf(fitRandomForest({ trees: 1, rowsPerTreeMax }, train));
    return [boosted, forest].map(({ ensemble }) => ensemble.trees[0]?.weight[0]);
  };
  expect(train.target.length).toBe(800);
  expect(drawn(1_000)).toEqual([800, 800]);
  expect(drawn(300)).toEqual([300, 300]);
  expect(drawn(10)).toEqual([160, 160]);
});

describe("random forest", () => {
  test("gives the same model for the same seed and a different model for a different seed", () => {
    const learn = (seed: number) => modelOf(fitRandomForest({ trees: 5, seed }, train));
    expect(learn(1)).toEqual(learn(1));
    expect(learn(1)).not.toEqual(learn(2));
  });

  test("predictions are within the range of the training targets, and probabilities between 0 and 1", () => {
    const predicted = predictRandomForest(modelOf(fitRandomForest({ trees: 20 }, train)), held.features);
    expect(Math.min(...predicted)).toBeGreaterThanOrEqual(Math.min(...train.target));
    expect(Math.max(...predicted)).toBeLessThanOrEqual(Math.max(...train.target));
    const options = { trees: 20, task: "classification" as const };
    const shares = predictRandomForest(modelOf(fitRandomForest(options, classes)), held.features);
    expect(shares.every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  test("one full tree without bootstrap predicts every distinct training row exactly", () => {
    const options = { trees: 1, bootstrap: false, splitColumnShare: 1, leafRowsMin: 1 };
    const predicted = predictRandomForest(modelOf(fitRandomForest(options, train)), train.features);
    expect(rmse(train.target, predicted)).toBeLessThan(1e-6);
  });

  test("each row has the weight with which the bootstrap drew it", () => {
    const { ensemble } = modelOf(fitRandomForest({ trees: 5 }, train));
    for (const tree of ensemble.trees) expect(tree.weight[0]).toBe(train.target.length);
  });
});

describe("both ensembles reject, with the reason, ", () => {
  const fits = {
    boosting: (data: TrainingData) => fitGradientBoosting(quick, data),
    forest: (data: TrainingData) => fitRandomForest({ trees: 2 }, data),
  };

  test.each(Object.entries(fits))(
    "too few rows, a constant target, columns without a value, infinity: %s",
    (_, learn) => {
      const problemOf = (data: TrainingData) => {
        const fitted = learn(data);
        return fitted.ok ? null : fitted.error;
      };
      const holed = {
        ...train.features,
        values: train.features.values.map((v, at) => (at % 10 === 3 ? Number.NaN : v)),
      };
      const infinite = { ...train.features, values: train.features.values.with(25, Number.POSITIVE_INFINITY) };
      expect(problemOf(firstRows(train, 4))).toMatchObject({ kind: "too-few-rows", found: 4 });
      expect(problemOf({ ...train, target: train.target.map(() => 3) })).toEqual({ kind: "constant-target", value: 3 });
      expect(problemOf({ ...train, features: holed })).toEqual({ kind: "all-missing-feature", features: [3] });
      expect(problemOf({ ...train, features: infinite })).toMatchObject({
        kind: "invalid-data",
        found: "Infinity in row 2, column 5",
      });
      expect(problemOf({ ...train, target: train.target.with(7, Number.NaN) })).toMatchObject({
        found: "target NaN in row 7",
      });
      expect(problemOf({ ...train, target: train.target.slice(1) })).toMatchObject({ kind: "invalid-data" });
    },
  );

  test("an option outside its range, naming it", () => {
    const wrong: [keyof GradientBoostingOptions, number][] = [
      ["learningRate", 0],
      ["iterations", 1.5],
      ["quantile", 1],
      ["rowShare", Number.NaN],
      ["binsMax", 256],
      ["leavesMax", 1],
    ];
    for (const [option, found] of wrong) {
      expect(fitGradientBoosting({ [option]: found }, train)).toMatchObject({
        ok: false,
        error: { kind: "invalid-option", option, found },
      });
    }
    expect(fitRandomForest({ splitColumnShare: 0 }, train)).toMatchObject({ error: { option: "splitColumnShare" } });
  });

  test("targets other than 0 and 1 for a classification", () => {
    const error = { kind: "invalid-data", expected: "0 or 1" };
    expect(fitGradientBoosting({ loss: "logistic" }, train)).toMatchObject({ error });
    expect(fitRandomForest({ task: "classification" }, train)).toMatchObject({ error });
  });

  test("validation data with a different number of columns", () => {
    const narrow = { features: matrixOf([[1], [2]]), target: Float64Array.of(1, 2) };
    expect(fitGradientBoosting(quick, train, narrow)).toMatchObject({
      error: { found: "validation data of 1 columns" },
    });
  });
});

test("no training table gives a model that predicts NaN", () => {
  const cell = fc.oneof(fc.constantFrom(null, 0, 1), fc.float({ noNaN: true, noDefaultInfinity: true }));
  const table = fc.array(fc.tuple(cell, cell, fc.double({ min: -1e12, max: 1e12, noNaN: true })), { maxLength: 40 });
  fc.assert(
    fc.property(table, (rows) => {
      const data = {
        features: matrixOf(rows.map(([a, b]) => [a, b])),
        target: Float64Array.from(rows, ([, , y]) => y),
      };
      const boosted = fitGradientBoosting({ iterations: 3, leafRowsMin: 1, loss: "absolute" }, data);
      const forest = fitRandomForest({ trees: 3, leafRowsMin: 1 }, data);
      expect(boosted.ok).toBe(forest.ok);
      if (boosted.ok) expect(predictGradientBoosting(boosted.value, data.features).every(Number.isFinite)).toBe(true);
      if (forest.ok) expect(predictRandomForest(forest.value, data.features).every(Number.isFinite)).toBe(true);
    }),
  );
});
