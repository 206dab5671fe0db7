/** Compares the models with scikit-learn. test/golden contains the script and names the version. */
import { describe, expect, test } from "vitest";
import { binFeatures } from "../../shared/models/binning.ts";
import { fitGradientBoosting } from "../../shared/models/gradient-boosting.ts";
import { fitLogistic } from "../../shared/models/logistic.ts";
import type { Matrix } from "../../shared/models/matrix.ts";
import { fitRandomForest } from "../../shared/models/random-forest.ts";
import { fitRidge } from "../../shared/models/ridge.ts";
import { LEAF, type Tree } from "../../shared/models/tree.ts";
import {
  above,
  designOf,
  diabetes,
  firstRows,
  friedman1,
  golden,
  meanLoss,
  modelOf,
  predictGradientBoosting,
  predictRandomForest,
  rmse,
  withHoles,
} from "./support.ts";

interface GoldenNode {
  readonly leaf: boolean;
  readonly rows: number;
  readonly value?: number;
  readonly feature?: number;
  readonly threshold?: number;
  readonly left?: number;
  readonly right?: number;
}

/** Compares two trees node by node; `same` compares thresholds. Equal row counts prove equal routes of missing values. */
function expectSameTree(
  tree: Tree,
  nodes: readonly GoldenNode[],
  same: (ours: number, theirs: number) => boolean,
): void {
  expect(tree.feature.length).toBe(nodes.length);
  const walk = (ours: number, theirs: number): void => {
    const node = nodes[theirs];
    if (node === undefined) throw new Error(`no golden node ${theirs}`);
    expect(tree.weight[ours]).toBeCloseTo(node.rows, 6);
    if (node.leaf) {
      expect(tree.feature[ours]).toBe(LEAF);
      expect(Math.abs((tree.value[ours] ?? 0) - (node.value ?? 0))).toBeLessThan(
        2e-6 * (1 + Math.abs(node.value ?? 0)),
      );
      return;
    }
    expect(tree.feature[ours]).toBe(node.feature);
    expect(same(tree.threshold[ours] ?? 0, node.threshold ?? 0)).toBe(true);
    walk(tree.left[ours] ?? 0, node.left ?? 0);
    walk(tree.right[ours] ?? 0, node.right ?? 0);
  };
  walk(0, 0);
}

const near = (ours: number, theirs: number): boolean => Math.abs(ours - theirs) <= 1e-7 * (1 + Math.abs(theirs));
const small = firstRows(friedman1(1500, 1), 600);
const within3Percent = (ours: number, theirs: number): void => expect(ours).toBeLessThanOrEqual(1.03 * theirs);

describe("one tree has the same splits and leaf values as scikit-learn's", () => {
  test("HistGradientBoostingRegressor, all values present, with L2", () => {
    const options = { iterations: 1, learningRate: 1, leavesMax: 16, l2: 1.5 };
    const { ensemble } = modelOf(fitGradientBoosting(options, small));
    expect(ensemble.base).toBeCloseTo(golden.histTree.base, 5);
    for (const tree of ensemble.trees) expectSameTree(tree, golden.histTree.nodes, near);
  });

  test("HistGradientBoostingRegressor, missing values and a depth limit, with thresholds between the same two values", () => {
    const options = { iterations: 1, learningRate: 1, leavesMax: 16, depthMax: 5 };
    const data = { ...small, features: withHoles(small.features, 11) };
    const { ensemble } = modelOf(fitGradientBoosting(options, data));
    for (const tree of ensemble.trees) {
      expectSameTree(tree, golden.histTreeMissing.nodes, (ours, theirs) => Math.abs(ours - theirs) < 0.02);
    }
  });

  test("DecisionTreeRegressor on binned data, with thresholds between the same two values", () => {
    const { rows, columns, bins } = binFeatures(small.features, 32);
    const features: Matrix = { rows, columns, layout: "column-major", values: Float32Array.from(bins) };
    const options = { trees: 1, bootstrap: false, splitColumnShare: 1, depthMax: 5, leafRowsMin: 7 };
    const { ensemble } = modelOf(fitRandomForest(options, { features, target: small.target }));
    const sameGap = (ours: number, theirs: number): boolean => ours <= theirs && theirs - ours < 4;
    for (const tree of ensemble.trees) expectSameTree(tree, golden.decisionTree, sameGap);
  });
});

const tables = [
  { name: "friedman1" as const, train: friedman1(1500, 1), test: friedman1(1000, 2), limit: 14 },
  {
    name: "diabetes" as const,
    train: diabetes((row) => row % 3 !== 0),
    test: diabetes((row) => row % 3 === 0),
    limit: 140,
  },
];

describe.each(tables)(
  "on $name, errors are at most 3 % above scikit-learn's",
  ({ name, train, test: heldOut, limit }) => {
    const theirs = golden.boosting[name];
    const classes = { ...train, target: above(train.target, limit) };
    const heldOutClasses = above(heldOut.target, limit);

    test("gradient boosting, squared loss", () => {
      const predicted = predictGradientBoosting(modelOf(fitGradientBoosting({}, train)), heldOut.features);
      within3Percent(rmse(heldOut.target, predicted), theirs.squaredRmse);
    });

    test("gradient boosting, absolute loss", () => {
      const predicted = predictGradientBoosting(
        modelOf(fitGradientBoosting({ loss: "absolute" }, train)),
        heldOut.features,
      );
      within3Percent(
        meanLoss(heldOut.target, predicted, (y, p) => Math.abs(y - p)),
        theirs.absoluteMae,
      );
    });

    test("gradient boosting, quantile loss", () => {
      const model = modelOf(fitGradientBoosting({ loss: "quantile", quantile: 0.8 }, train));
      const predicted = predictGradientBoosting(model, heldOut.features);
      const pinball = meanLoss(heldOut.target, predicted, (y, p) => (y >= p ? 0.8 * (y - p) : 0.2 * (p - y)));
      within3Percent(pinball, theirs.quantile80Pinball);
    });

    test("gradient boosting, logistic loss", () => {
      const predicted = predictGradientBoosting(
        modelOf(fitGradientBoosting({ loss: "logistic" }, classes)),
        heldOut.features,
      );
      const logLoss = meanLoss(heldOutClasses, predicted, (y, p) => -Math.log(y === 1 ? p : 1 - p));
      within3Percent(logLoss, theirs.logisticLogLoss);
    });

    test("random forest, regression", () => {
      const predicted = predictRandomForest(modelOf(fitRandomForest({}, train)), heldOut.features);
      within3Percent(rmse(heldOut.target, predicted), golden.forest[name].rmseMeanOfFiveSeeds);
    });

    test("random forest, classification", () => {
      const model = modelOf(fitRandomForest({ task: "classification" }, classes));
      const brier = meanLoss(heldOutClasses, predictRandomForest(model, heldOut.features), (y, p) => (y - p) ** 2);
      within3Percent(brier, golden.forest[name].brierMeanOfFiveSeeds);
    });
  },
);

describe("linear models on diabetes with missing values", () => {
  const data = diabetes();
  const features = withHoles(data.features, 29);
  const expectClose = (ours: ArrayLike<number>, theirs: readonly number[]): void => {
    expect(ours.length).toBe(theirs.length);
    theirs.forEach((value, i) => {
      expect(Math.abs((ours[i] ?? Number.NaN) - value)).toBeLessThan(1e-6 * (1 + Math.abs(value)));
    });
  };

  test("ridge has the same coefficients as Ridge", () => {
    const { alpha, coefficients, intercept } = golden.ridge;
    const model = modelOf(fitRidge({ alpha }, { ...data, features: designOf(features) }));
    expectClose([...model.coefficients, model.intercept], [...coefficients, intercept]);
  });

  test.each(golden.logistic)(
    "logistic has the same coefficients as LogisticRegression, with $classWeights weights",
    (theirs) => {
      const classWeights = theirs.classWeights === "balanced" ? "balanced" : "none";
      const classes = { features, target: above(data.target, 140) };
      const model = modelOf(fitLogistic({ alpha: theirs.alpha, classWeights }, classes));
      expectClose([...model.coefficients, model.intercept], [...theirs.coefficients, theirs.intercept]);
    },
  );
});
