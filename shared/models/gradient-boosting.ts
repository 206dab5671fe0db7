/**
 * Gradient-boosted trees on binned features (Friedman 2001), with histograms as in LightGBM and scikit-learn's
 * HistGradientBoosting.
 */

import { failure, success } from "../lib/result.ts";
import { BINS_MAX, binFeatures } from "./binning.ts";
import { checkData, checkOptions, type Fit, type FitProblem, type OptionRange, type TrainingData } from "./fit.ts";
import { createGrower, type Grower, type GrownLeaf, growTree } from "./grow.ts";
import { type Loss, type LossName, lossOf } from "./losses.ts";
import { quantileInPlace } from "./quantile.ts";
import { createRandom, type Random, sample } from "./random.ts";
import { addRoutedTree } from "./route.ts";
import { rowsPerTree } from "./rows-per-tree.ts";
import { EPSILON } from "./split.ts";
import { addTree, type Ensemble, type Tree } from "./tree.ts";

export interface GradientBoostingOptions {
  /** `logistic` needs targets 0 and 1 and predicts the probability of 1. */
  readonly loss: LossName;
  /** The quantile that the quantile loss predicts, in (0, 1). */
  readonly quantile: number;
  /** Maximum number of trees. */
  readonly iterations: number;
  readonly learningRate: number;
  readonly leavesMax: number;
  readonly depthMax: number;
  readonly leafRowsMin: number;
  /** Minimum sum of second derivatives in a leaf. */
  readonly leafWeightMin: number;
  /** L2 penalty on leaf values. The absolute and quantile losses apply it to splits only. */
  readonly l2: number;
  readonly binsMax: number;
  /** Share of the rows drawn for each tree, without replacement. */
  readonly rowShare: number;
  /** Maximum number of rows drawn for each tree, but at least a fifth of all. */
  readonly rowsPerTreeMax: number;
  /** Share of the columns drawn for each tree, at least one. */
  readonly columnShare: number;
  /** Share of the tree's columns drawn for each split, at least one. */
  readonly splitColumnShare: number;
  /** Stops after this many trees without a lower validation loss. Ignored without validation data. */
  readonly patience: number;
  readonly seed: number;
}

const gradientBoostingDefaults: GradientBoostingOptions = {
  loss: "squared",
  quantile: 0.5,
  iterations: 100,
  learningRate: 0.1,
  leavesMax: 31,
  depthMax: Number.POSITIVE_INFINITY,
  leafRowsMin: 20,
  leafWeightMin: 1e-3,
  l2: 0,
  binsMax: BINS_MAX,
  rowShare: 1,
  rowsPerTreeMax: Number.POSITIVE_INFINITY,
  columnShare: 1,
  splitColumnShare: 1,
  patience: 10,
  seed: 0,
};

const INFINITE = Number.POSITIVE_INFINITY;
const share: OptionRange = { min: 0, minExcluded: true, max: 1 };

const gradientBoostingRanges = {
  quantile: { min: 0, minExcluded: true, max: 1, maxExcluded: true },
  iterations: { min: 1, max: 100_000, integer: true },
  learningRate: { min: 0, minExcluded: true, max: 1 },
  leavesMax: { min: 2, max: INFINITE, integer: true },
  depthMax: { min: 1, max: INFINITE, integer: true },
  leafRowsMin: { min: 1, max: 2 ** 31, integer: true },
  leafWeightMin: { min: 0, max: INFINITE, maxExcluded: true },
  l2: { min: 0, max: INFINITE, maxExcluded: true },
  binsMax: { min: 2, max: BINS_MAX, integer: true },
  rowShare: share,
  rowsPerTreeMax: { min: 1, max: INFINITE },
  columnShare: share,
  splitColumnShare: share,
  patience: { min: 1, max: INFINITE, integer: true },
  seed: { min: -(2 ** 31), max: 2 ** 32, integer: true },
} as const satisfies { readonly [Name in keyof GradientBoostingOptions]?: OptionRange };

export interface GradientBoostingModel {
  readonly kind: "gradient-boosting";
  readonly loss: LossName;
  /** Predicts raw values: log odds if the loss is logistic. */
  readonly ensemble: Ensemble;
  /** Mean validation loss before the first tree and after each grown tree, including trees that were dropped at the end. */
  readonly validationLosses: readonly number[];
}

function countOf(portion: number, total: number): number {
  return Math.max(1, Math.round(portion * total));
}

interface Booster {
  readonly options: GradientBoostingOptions;
  readonly loss: Loss;
  readonly data: TrainingData;
  readonly grower: Grower;
  readonly random: Random;
  readonly raw: Float64Array;
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  /** For the rows that are not drawn for the current tree. */
  readonly others: Int32Array;
}

function createBooster(options: GradientBoostingOptions, data: TrainingData, base: number): Booster {
  const { rows, columns } = data.features;
  const binned = binFeatures(data.features, options.binsMax);
  const columnsDrawn = countOf(options.columnShare, columns);
  const featuresPerSplit = countOf(options.splitColumnShare, columnsDrawn);
  return {
    options,
    loss: lossOf(options.loss, options.quantile),
    data,
    grower: createGrower(binned, { ...options, featuresPerSplit }),
    random: createRandom(options.seed),
    raw: new Float64Array(rows).fill(base),
    gradients: new Float64Array(rows),
    hessians: new Float64Array(rows),
    others: new Int32Array(rows),
  };
}

function leafResiduals(booster: Booster, rows: Int32Array, leaf: GrownLeaf): Float64Array {
  const residuals = new Float64Array(leaf.end - leaf.start);
  for (let i = leaf.start; i < leaf.end; i++) {
    const row = rows[i] ?? 0;
    residuals[i - leaf.start] = (booster.data.target[row] ?? 0) - (booster.raw[row] ?? 0);
  }
  return residuals;
}

/** Grows one tree on the current gradients and adds its predictions to the raw predictions. */
function boost(booster: Booster): Tree {
  const { options, loss, data, grower, random, raw, gradients, hessians } = booster;
  const total = data.features.rows;
  const rows = sample(total, rowsPerTree(options.rowShare, options.rowsPerTreeMax, total), random);
  const others = othersOf(rows, booster.others.subarray(0, total - rows.length));
  loss.derive(raw, data.target, { gradients, hessians, rows });
  const columns = sample(data.features.columns, countOf(options.columnShare, data.features.columns), random);
  const { learningRate, l2 } = options;
  const quantile = loss.leafQuantile;
  const leafValue = (leaf: GrownLeaf): number =>
    quantile === null
      ? (-learningRate * leaf.gradient) / (leaf.hessian + l2 + EPSILON)
      : learningRate * quantileInPlace(leafResiduals(booster, rows, leaf), quantile);
  const derivatives = { gradients, hessians: loss.constantHessian ? null : hessians };
  const grown = growTree(grower, { ...derivatives, rows, columns, random, leafValue });
  const { tree, leaves } = grown;
  for (const leaf of leaves) {
    const value = tree.value[leaf.node] ?? 0;
    for (let i = leaf.start; i < leaf.end; i++) {
      const row = rows[i] ?? 0;
      raw[row] = (raw[row] ?? 0) + value;
    }
  }
  addRoutedTree(grown, { binned: grower.binned, rows: others, buffer: grower.rowBuffer }, raw);
  return tree;
}

/** Writes the rows that are not in `drawn`, which ascends, to `into` and returns it. O(rows). */
function othersOf(drawn: Int32Array, into: Int32Array): Int32Array {
  let next = 0;
  let to = 0;
  for (let row = 0; to < into.length; row++) {
    if (drawn[next] === row) next++;
    else into[to++] = row;
  }
  return into;
}

function boostAll(booster: Booster): Tree[] {
  return Array.from({ length: booster.options.iterations }, () => boost(booster));
}

/** Boosts until the validation loss stops falling. Returns the trees up to the lowest loss. */
function boostUntilBest(booster: Booster, base: number, validation: TrainingData) {
  const { options, loss } = booster;
  const raw = new Float64Array(validation.features.rows).fill(base);
  const validationLosses = [loss.mean(raw, validation.target)];
  const trees: Tree[] = [];
  let best = 0;
  while (trees.length < options.iterations && trees.length - best < options.patience) {
    const tree = boost(booster);
    addTree(tree, validation.features, raw);
    trees.push(tree);
    validationLosses.push(loss.mean(raw, validation.target));
    if ((validationLosses[trees.length] ?? INFINITE) < (validationLosses[best] ?? 0)) best = trees.length;
  }
  return { trees: trees.slice(0, best), validationLosses };
}

function check(
  options: GradientBoostingOptions,
  data: TrainingData,
  validation: TrainingData | undefined,
): FitProblem | null {
  const classes = options.loss === "logistic";
  const wrong =
    checkOptions(options, gradientBoostingRanges) ??
    checkData(data, { rowsMin: Math.ceil((2 * options.leafRowsMin) / options.rowShare), classes });
  if (wrong !== null || validation === undefined) return wrong;
  const problem = checkData(validation, { rowsMin: 1, classes });
  if (problem !== null && problem.kind !== "constant-target" && problem.kind !== "all-missing-feature") return problem;
  if (validation.features.columns === data.features.columns) return null;
  return {
    kind: "invalid-data",
    found: `validation data of ${validation.features.columns} columns`,
    expected: `${data.features.columns} columns, as in training`,
  };
}

/**
 * Fits trees one after another, each to the residuals of the trees before it. The same options, data and seed give the
 * same model. `target` may have any unit. If `validation` data is given, it decides the number of trees.
 * Time O(iterations × rows × columns × log leaves) after a binning of O(columns × rows × log rows).
 */
export function fitGradientBoosting(
  given: Partial<GradientBoostingOptions>,
  data: TrainingData,
  validation?: TrainingData,
): Fit<GradientBoostingModel> {
  const options = { ...gradientBoostingDefaults, ...given };
  const problem = check(options, data, validation);
  if (problem !== null) return failure(problem);
  const loss = lossOf(options.loss, options.quantile);
  const base = Math.fround(loss.base(data.target));
  const booster = createBooster(options, data, base);
  const { trees, validationLosses } =
    validation === undefined
      ? { trees: boostAll(booster), validationLosses: [] }
      : boostUntilBest(booster, base, validation);
  const ensemble: Ensemble = { trees, base, aggregate: "sum", columns: data.features.columns };
  return success({ kind: "gradient-boosting", loss: options.loss, ensemble, validationLosses });
}
