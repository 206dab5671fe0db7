import type { RowRange } from "../features/dataset.ts";
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

/** Boosted trees. The last training periods decide the number of trees; the final fit uses all periods. */
export const gradientBoosting: Candidate = {
  id: "gradient-boosting",
  fit: calibrated((task) => {
    const loss = task.task === "classification" ? "logistic" : "squared";
    const options = { ...boostingOptions(task), loss } as const;
    const fit = fitStopped(task, task.move, options);
    return fit.ok ? success({ kind: "trees", encoding: fit.value.encoding, ensemble: fit.value.ensemble }) : fit;
  }),
};

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
    patience: PATIENCE,
    seed,
  };
}

export interface StoppedBoosting {
  readonly encoding: Encoding;
  readonly ensemble: Ensemble;
  /** The model without the held-out periods `late`. Calibration uses its predictions for them. */
  readonly early: { readonly encoding: Encoding; readonly ensemble: Ensemble; readonly late: RowRange };
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
  const partOf = (encoding: Encoding, part: RowRange): TrainingData => ({
    features: encode(encoding, data, part),
    target: target.slice(part.from, part.to),
  });
  const earlyEncoding = rankEncoding(data, early, target);
  const stopped = fitGradientBoosting(options, partOf(earlyEncoding, early), partOf(earlyEncoding, late));
  if (!stopped.ok) return stopped;
  const trees = stopped.value.ensemble.trees.length;
  const encoding = rankEncoding(data, rows, target);
  const all = partOf(encoding, rows);
  const final = fitGradientBoosting({ ...options, iterations: Math.max(1, trees) }, all);
  if (!final.ok) return final;
  const ensemble = trees === 0 ? withoutTrees(final.value.ensemble) : final.value.ensemble;
  const earlyEnsemble = trees === 0 ? withoutTrees(stopped.value.ensemble) : stopped.value.ensemble;
  return success({ encoding, ensemble, early: { encoding: earlyEncoding, ensemble: earlyEnsemble, late } });
}

/** Returns only the constant. An ONNX file needs at least one tree, so it has a single leaf with value 0. */
function withoutTrees(ensemble: Ensemble): Ensemble {
  return { ...ensemble, trees: [zeroLeaf] };
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
