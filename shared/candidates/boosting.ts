import type { Dataset, RowRange } from "../features/dataset.ts";
import { failure, success } from "../lib/result.ts";
import type { Fit, TrainingData } from "../models/fit.ts";
import { fitGradientBoosting, type GradientBoostingOptions } from "../models/gradient-boosting.ts";
import { type Ensemble, LEAF, type Tree } from "../models/tree.ts";
import { calibrated } from "./calibrated.ts";
import { type Candidate, type FitTask, holdOut, numberOf } from "./candidate.ts";
import { type Encoding, encode, rankEncoding } from "./encoding.ts";

/** Share of the training periods, at their end, that decides the number of trees. */
const HELD_OUT = 0.2;
const PATIENCE = 15;
const TREES_MAX = 300;
/**
 * More rows hardly change a tree of an ensemble, and the time of a tree is proportional to their number. Each tree draws others.
 */
export const rowsPerTreeMax = 20_000;

/** Boosted trees. The last training periods decide the number of trees; the final fit uses all periods. */
export const gradientBoosting: Candidate = {
  id: "gradient-boosting",
  fit: calibrated(
    (task) => {
      const fit = fitStopped(task, task.move, lossOptions(task));
      return fit.ok ? success({ kind: "trees", encoding: fit.value.encoding, ensemble: fit.value.ensemble }) : fit;
    },
    // The scoring models have as many trees as the final one. To stop each of them early as well doubles the time and is no better.
    (task, final) => {
      const trees = final.kind === "trees" ? treesIn(final.ensemble) : TREES_MAX;
      const fit = fitTrees(task, task.move, { ...lossOptions(task), iterations: trees });
      return fit.ok ? success({ kind: "trees", ...fit.value }) : fit;
    },
  ),
};

function lossOptions(task: FitTask): Partial<GradientBoostingOptions> {
  return { ...boostingOptions(task), loss: task.task === "classification" ? "logistic" : "squared" };
}

/** Returns the boosting options of a trial. */
export function boostingOptions({ parameters, seed }: FitTask): Partial<GradientBoostingOptions> {
  return {
    iterations: numberOf(parameters, "iterations", TREES_MAX),
    learningRate: numberOf(parameters, "learningRate", 0.05),
    leavesMax: numberOf(parameters, "leavesMax", 15),
    depthMax: numberOf(parameters, "depthMax", 8),
    leafRowsMin: numberOf(parameters, "leafRowsMin", 50),
    l2: numberOf(parameters, "l2", 1),
    rowShare: numberOf(parameters, "rowShare", 0.8),
    columnShare: numberOf(parameters, "columnShare", 0.8),
    rowsPerTreeMax,
    patience: PATIENCE,
    seed,
  };
}

/** Trees with the encoding of their columns. */
interface EncodedTrees {
  readonly encoding: Encoding;
  readonly ensemble: Ensemble;
}

export interface StoppedBoosting extends EncodedTrees {
  /** The model without the held-out periods `late`. Calibration uses its predictions for them. */
  readonly early: EncodedTrees & { readonly late: RowRange };
}

/**
 * Fits trees to the early periods until the loss on the late periods stops falling, then fits the same number of trees to
 * all periods. `target`: one value per row of the dataset. If no tree lowers the loss, the model is a constant.
 */
export function fitStopped(
  task: FitTask,
  target: Float64Array,
  options: Partial<GradientBoostingOptions>,
): Fit<StoppedBoosting> {
  const { data, rows } = task;
  const { early, late } = holdOut(task, HELD_OUT);
  if (early.to <= early.from || late.to <= late.from) {
    return failure({ kind: "too-few-rows", found: rows.to - rows.from, required: 2 });
  }
  const earlyEncoding = rankEncoding(data, early, target);
  const partOf = (part: RowRange) => trainingDataOf(earlyEncoding, data, { rows: part, target });
  const stopped = fitGradientBoosting(options, partOf(early), partOf(late));
  if (!stopped.ok) return stopped;
  const iterations = stopped.value.ensemble.trees.length;
  const final = fitTrees(task, target, { ...options, iterations });
  if (!final.ok) return final;
  const ensemble = iterations === 0 ? withoutTrees(stopped.value.ensemble) : stopped.value.ensemble;
  return success({ ...final.value, early: { encoding: earlyEncoding, ensemble, late } });
}

interface FixedOptions extends Partial<GradientBoostingOptions> {
  /** Number of trees; 0 for a constant. */
  readonly iterations: number;
}

/** Fits a number of trees to all rows of the task. */
function fitTrees({ data, rows }: FitTask, target: Float64Array, options: FixedOptions): Fit<EncodedTrees> {
  const encoding = rankEncoding(data, rows, target);
  const { iterations } = options;
  // A fit has at least one tree. The constant does not depend on it.
  const atLeastOne = { ...options, iterations: Math.max(1, iterations) };
  const fit = fitGradientBoosting(atLeastOne, trainingDataOf(encoding, data, { rows, target }));
  if (!fit.ok) return fit;
  const { ensemble } = fit.value;
  return success({ encoding, ensemble: iterations === 0 ? withoutTrees(ensemble) : ensemble });
}

function trainingDataOf(
  encoding: Encoding,
  data: Dataset,
  { rows, target }: { readonly rows: RowRange; readonly target: Float64Array },
): TrainingData {
  return { features: encode(encoding, data, rows), target: target.slice(rows.from, rows.to) };
}

/** Returns only the constant. An ONNX file needs at least one tree, so it has a single leaf with value 0. */
function withoutTrees(ensemble: Ensemble): Ensemble {
  return { ...ensemble, trees: [zeroLeaf] };
}

/** Returns the number of fitted trees: 0 for only the constant. */
function treesIn({ trees }: Ensemble): number {
  return trees[0] === zeroLeaf ? 0 : trees.length;
}

/** A model without trees, for a constant: its score is always 0. `columns`: the width of its encoding. */
export function constantEnsemble(columns: number): Ensemble {
  return { trees: [zeroLeaf], base: 0, aggregate: "sum", columns };
}

const zeroLeaf: Tree = {
  feature: Int32Array.of(LEAF),
  threshold: Float32Array.of(0),
  missingLeft: Uint8Array.of(0),
  left: Int32Array.of(0),
  right: Int32Array.of(0),
  value: Float32Array.of(0),
  weight: Float64Array.of(0),
};
