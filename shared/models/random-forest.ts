/** Random forest on binned features (Breiman 2001): the mean of trees on bootstrap samples, with columns drawn for each split. */
import { failure, success } from "../lib/result.ts";
import { BINS_MAX, binFeatures } from "./binning.ts";
import { checkData, checkOptions, type Fit, type OptionRange, type TrainingData } from "./fit.ts";
import { createGrower, type Grower, type GrownLeaf, growTree } from "./grow.ts";
import { bootstrapCounts, createRandom, type Random } from "./random.ts";
import { rowsPerTree } from "./rows-per-tree.ts";
import type { Ensemble, Tree } from "./tree.ts";

export interface RandomForestOptions {
  /** `classification` needs targets 0 and 1 and predicts the probability of 1: the mean share of ones in the leaves. */
  readonly task: "regression" | "classification";
  readonly trees: number;
  readonly depthMax: number;
  readonly leavesMax: number;
  /** Minimum number of distinct training rows in a leaf. */
  readonly leafRowsMin: number;
  /** Share of the columns drawn for each split, at least one column. More are drawn while none allows a split. */
  readonly splitColumnShare: number;
  /** Whether each tree learns from a bootstrap sample (as many rows, up to `rowsPerTreeMax`, drawn with replacement). Otherwise it uses all rows. */
  readonly bootstrap: boolean;
  /** Maximum number of draws of a bootstrap sample, but at least a fifth of the rows. */
  readonly rowsPerTreeMax: number;
  readonly binsMax: number;
  readonly seed: number;
}

const randomForestDefaults: RandomForestOptions = {
  task: "regression",
  trees: 100,
  depthMax: Number.POSITIVE_INFINITY,
  leavesMax: Number.POSITIVE_INFINITY,
  leafRowsMin: 5,
  splitColumnShare: 1 / 3,
  bootstrap: true,
  rowsPerTreeMax: Number.POSITIVE_INFINITY,
  binsMax: BINS_MAX,
  seed: 0,
};

const randomForestRanges = {
  trees: { min: 1, max: 10_000, integer: true },
  depthMax: { min: 1, max: Number.POSITIVE_INFINITY, integer: true },
  leavesMax: { min: 2, max: Number.POSITIVE_INFINITY, integer: true },
  leafRowsMin: { min: 1, max: 2 ** 31, integer: true },
  splitColumnShare: { min: 0, minExcluded: true, max: 1 },
  rowsPerTreeMax: { min: 1, max: Number.POSITIVE_INFINITY },
  binsMax: { min: 2, max: BINS_MAX, integer: true },
  seed: { min: -(2 ** 31), max: 2 ** 32, integer: true },
} as const satisfies { readonly [Name in keyof RandomForestOptions]?: OptionRange };

export interface RandomForestModel {
  readonly kind: "random-forest";
  readonly task: RandomForestOptions["task"];
  /** Averages its trees. The value of a leaf is the mean of its targets. */
  readonly ensemble: Ensemble;
}

/** The target minus its mean. Centring preserves the precision of sums of squares. */
interface Centred {
  readonly mean: number;
  readonly deviations: Float64Array;
}

function centre(target: Float64Array): Centred {
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  return { mean, deviations: target.map((value) => value - mean) };
}

function rowsDrawn(counts: Int32Array): Int32Array {
  const rows = new Int32Array(counts.length);
  let drawn = 0;
  for (let row = 0; row < counts.length; row++) if (counts[row] !== 0) rows[drawn++] = row;
  return rows.slice(0, drawn);
}

interface Draws {
  readonly random: Random;
  /** Number of draws of a bootstrap sample; null to use all rows. */
  readonly draws: number | null;
}

function growOne(grower: Grower, centred: Centred, { random, draws }: Draws): Tree {
  const { deviations, mean } = centred;
  const { length } = deviations;
  const counts = draws === null ? new Int32Array(length).fill(1) : bootstrapCounts(length, random, draws);
  const hessians = new Float64Array(counts);
  const gradients = new Float64Array(length);
  for (let row = 0; row < length; row++) gradients[row] = -(deviations[row] ?? 0) * (hessians[row] ?? 0);
  const columns = Int32Array.from({ length: grower.binned.columns }, (_, column) => column);
  const leafValue = (leaf: GrownLeaf): number => mean - leaf.gradient / leaf.hessian;
  return growTree(grower, { gradients, hessians, rows: rowsDrawn(counts), columns, random, leafValue }).tree;
}

/**
 * Fits the trees independently of each other. The same options, data and seed give the same model.
 * Time O(trees × rows × columns drawn × log rows) after a binning of O(columns × rows × log rows).
 */
export function fitRandomForest(given: Partial<RandomForestOptions>, data: TrainingData): Fit<RandomForestModel> {
  const options = { ...randomForestDefaults, ...given };
  const needs = { rowsMin: 2 * options.leafRowsMin, classes: options.task === "classification" };
  const problem = checkOptions(options, randomForestRanges) ?? checkData(data, needs);
  if (problem !== null) return failure(problem);
  const { columns } = data.features;
  const binned = binFeatures(data.features, options.binsMax);
  const featuresPerSplit = Math.max(1, Math.round(options.splitColumnShare * columns));
  const grower = createGrower(binned, { ...options, leafWeightMin: 0, l2: 0, featuresPerSplit });
  const centred = centre(data.target);
  const draws = options.bootstrap ? rowsPerTree(1, options.rowsPerTreeMax, data.features.rows) : null;
  const chance = { random: createRandom(options.seed), draws };
  const trees = Array.from({ length: options.trees }, () => growOne(grower, centred, chance));
  const ensemble: Ensemble = { trees, base: 0, aggregate: "average", columns };
  return success({ kind: "random-forest", task: options.task, ensemble });
}
