/**
 * Searches the best split of one node, over its histogram or, if it has few rows, directly over its rows.
 *
 * gain = G_L²/(H_L+λ) + G_R²/(H_R+λ) − G²/(H+λ), Chen and Guestrin, XGBoost (2016), equation 7 times two. Missing values are
 * tried on both sides. On a tie the earlier column wins, then the lower threshold. For the scratch arrays see `histogram.ts`.
 */
import { MISSING_BIN } from "./binning.ts";
import { type Histogram, type RowSpan, SLOTS } from "./histogram.ts";

/** Keeps a division by an empty sum finite. Same value as in scikit-learn. */
export const EPSILON = 1e-15;
/** A gain below this share of the node's score is a rounding error. It prevents splits of nodes with a constant target. */
const GAIN_SHARE_MIN = 1e-12;
/** Above this many rows, reading every slot is faster than tracking the touched slots. */
const TOUCHED_ROWS_MAX = 160;

export interface SplitLimits {
  /** Minimum number of training rows in a leaf, at least 1. */
  readonly leafRowsMin: number;
  /** Minimum sum of hessians in a leaf, at least 0. */
  readonly leafWeightMin: number;
  /** L2 penalty on leaf values, at least 0. */
  readonly l2: number;
}

/** Sums over a node's rows. */
export interface Totals {
  readonly gradient: number;
  readonly hessian: number;
  readonly count: number;
}

export interface Split {
  gain: number;
  feature: number;
  /** Bins up to this one go left; `MISSING_ONLY_BIN` if the split only separates missing from present values. */
  bin: number;
  missingLeft: boolean;
  leftGradient: number;
  leftHessian: number;
  leftCount: number;
}

export const MISSING_ONLY_BIN = MISSING_BIN - 1;

const sparseGradient = new Float64Array(SLOTS);
const sparseHessian = new Float64Array(SLOTS);
const sparseCount = new Float64Array(SLOTS);
const touched = new Int32Array(SLOTS / 32);
/** The non-empty bins of one column in a node, ascending, without the bin of missing values. */
const denseBin = new Int32Array(SLOTS);
const denseGradient = new Float64Array(SLOTS);
const denseHessian = new Float64Array(SLOTS);
const denseCount = new Float64Array(SLOTS);

const NO_SPLIT: Split = {
  gain: 0,
  feature: -1,
  bin: 0,
  missingLeft: false,
  leftGradient: 0,
  leftHessian: 0,
  leftCount: 0,
};

/** The state of one node's search over its columns. `best` is updated in place. */
export interface Scan {
  readonly totals: Totals;
  readonly limits: SplitLimits;
  /** G² ÷ (H + λ) of the node before the split. */
  readonly score: number;
  readonly best: Split;
}

export function createScan(totals: Totals, limits: SplitLimits): Scan {
  const score = (totals.gradient * totals.gradient) / (totals.hessian + limits.l2 + EPSILON);
  const best = { ...NO_SPLIT, gain: score * GAIN_SHARE_MIN };
  return { totals, limits, score, best };
}

/**
 * Returns G_L²/(H_L+λ) + G_R²/(H_R+λ). Numbers as arguments: objects would be allocated for every threshold, which takes longer than
 * the rest of a scan.
 */
function scoreOf(left: number, leftHessian: number, right: number, rightHessian: number, l2: number): number {
  return (left * left) / (leftHessian + l2 + EPSILON) + (right * right) / (rightHessian + l2 + EPSILON);
}

/** Tries every threshold between present values. Missing values, which the node has none of, go with the larger child. */
function scanPresent({ totals, limits, score, best }: Scan, feature: number, length: number): void {
  const { leafRowsMin, leafWeightMin, l2 } = limits;
  let bestGain = best.gain;
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  for (let i = 0; i < length - 1; i++) {
    gradient += denseGradient[i] ?? 0;
    hessian += denseHessian[i] ?? 0;
    count += denseCount[i] ?? 0;
    const rightCount = totals.count - count;
    // Further right there are even fewer rows.
    if (rightCount < leafRowsMin) break;
    const rightHessian = totals.hessian - hessian;
    if (count < leafRowsMin || hessian < leafWeightMin || rightHessian < leafWeightMin) continue;
    const gain = scoreOf(gradient, hessian, totals.gradient - gradient, rightHessian, l2) - score;
    if (!(gain > bestGain)) continue;
    bestGain = gain;
    best.gain = gain;
    best.feature = feature;
    best.bin = denseBin[i] ?? 0;
    best.missingLeft = count > rightCount;
    best.leftGradient = gradient;
    best.leftHessian = hessian;
    best.leftCount = count;
  }
}

/** Tries every threshold with the missing values on the right, then on the left, and last the missing values alone. */
function scanMissing(scan: Scan, feature: number, dense: { length: number; missing: Totals }): void {
  const { length, missing } = dense;
  const { totals, limits, score, best } = scan;
  const { leafRowsMin, leafWeightMin, l2 } = limits;
  let gradient = 0;
  let hessian = 0;
  let count = 0;
  for (let i = 0; i < length; i++) {
    gradient += denseGradient[i] ?? 0;
    hessian += denseHessian[i] ?? 0;
    count += denseCount[i] ?? 0;
    const isLast = i === length - 1;
    for (let side = 0; side < (isLast ? 1 : 2); side++) {
      const leftGradient = side === 0 ? gradient : gradient + missing.gradient;
      const leftHessian = side === 0 ? hessian : hessian + missing.hessian;
      const leftCount = side === 0 ? count : count + missing.count;
      const rightHessian = totals.hessian - leftHessian;
      if (leftCount < leafRowsMin || totals.count - leftCount < leafRowsMin) continue;
      if (leftHessian < leafWeightMin || rightHessian < leafWeightMin) continue;
      const gain = scoreOf(leftGradient, leftHessian, totals.gradient - leftGradient, rightHessian, l2) - score;
      if (!(gain > best.gain)) continue;
      best.gain = gain;
      best.feature = feature;
      best.bin = isLast ? MISSING_ONLY_BIN : (denseBin[i] ?? 0);
      best.missingLeft = side === 1;
      best.leftGradient = leftGradient;
      best.leftHessian = leftHessian;
      best.leftCount = leftCount;
    }
  }
}

function scanDense(scan: Scan, feature: number, dense: { length: number; missing: Totals }): void {
  if (dense.missing.count > 0) scanMissing(scan, feature, dense);
  else scanPresent(scan, feature, dense.length);
}

/** Tries every threshold of one column, from a node's histogram. `place`: of the packed column. O(bins of the column). */
export function scanHistogram(
  scan: Scan,
  { feature, place, bins }: { readonly feature: number; readonly place: number; readonly bins: number },
  { gradient, hessian, count }: Histogram,
): void {
  const offset = place * SLOTS;
  let length = 0;
  for (let bin = 0; bin < bins; bin++) {
    const rows = count[offset + bin] ?? 0;
    if (rows === 0) continue;
    denseBin[length] = bin;
    denseGradient[length] = gradient[offset + bin] ?? 0;
    denseHessian[length] = hessian[offset + bin] ?? 0;
    denseCount[length++] = rows;
  }
  const at = offset + MISSING_BIN;
  const missing = { gradient: gradient[at] ?? 0, hessian: hessian[at] ?? 0, count: count[at] ?? 0 };
  scanDense(scan, feature, { length, missing });
}

/** Moves one slot of the sparse arrays to position `at` of the dense arrays and sets the slot to 0. */
function takeSlot(bin: number, at: number): void {
  denseBin[at] = bin;
  denseGradient[at] = sparseGradient[bin] ?? 0;
  denseHessian[at] = sparseHessian[bin] ?? 0;
  denseCount[at] = sparseCount[bin] ?? 0;
  sparseGradient[bin] = 0;
  sparseHessian[bin] = 0;
  sparseCount[bin] = 0;
}

function takeTouched(): number {
  let length = 0;
  for (let i = 0; i < touched.length; i++) {
    let bits = touched[i] ?? 0;
    touched[i] = 0;
    while (bits !== 0) {
      const lowest = bits & -bits;
      takeSlot(i * 32 + 31 - Math.clz32(lowest), length++);
      bits ^= lowest;
    }
  }
  return length;
}

function takeAll(): number {
  let length = 0;
  for (let bin = 0; bin < SLOTS; bin++) {
    if (sparseCount[bin] !== 0) takeSlot(bin, length++);
  }
  return length;
}

/** The rows of a node. `gradients` and `hessians` have the same order and start at position 0. */
export interface NodeRows extends RowSpan {
  readonly rows: Int32Array;
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
}

function countSparse(bins: Uint8Array, offset: number, node: NodeRows): void {
  const { start, end, rows, gradients, hessians } = node;
  for (let i = start; i < end; i++) {
    const bin = bins[offset + (rows[i] ?? 0)] ?? 0;
    sparseGradient[bin] = (sparseGradient[bin] ?? 0) + (gradients[i - start] ?? 0);
    sparseHessian[bin] = (sparseHessian[bin] ?? 0) + (hessians[i - start] ?? 0);
    sparseCount[bin] = (sparseCount[bin] ?? 0) + 1;
  }
}

function countTouched(bins: Uint8Array, offset: number, node: NodeRows): void {
  const { start, end, rows, gradients, hessians } = node;
  for (let i = start; i < end; i++) {
    const bin = bins[offset + (rows[i] ?? 0)] ?? 0;
    sparseGradient[bin] = (sparseGradient[bin] ?? 0) + (gradients[i - start] ?? 0);
    sparseHessian[bin] = (sparseHessian[bin] ?? 0) + (hessians[i - start] ?? 0);
    sparseCount[bin] = (sparseCount[bin] ?? 0) + 1;
    touched[bin >>> 5] = (touched[bin >>> 5] ?? 0) | (1 << (bin & 31));
  }
}

/** Tries every threshold of one column, from a node's rows. O(rows of the node + bins in use). */
export function scanRows(
  scan: Scan,
  feature: number,
  source: { readonly bins: Uint8Array; readonly rowsTotal: number; readonly node: NodeRows },
): void {
  const { bins, rowsTotal, node } = source;
  const few = node.end - node.start <= TOUCHED_ROWS_MAX;
  if (few) countTouched(bins, feature * rowsTotal, node);
  else countSparse(bins, feature * rowsTotal, node);
  const length = few ? takeTouched() : takeAll();
  const last = length - 1;
  const hasMissing = denseBin[last] === MISSING_BIN;
  const missing = {
    gradient: hasMissing ? (denseGradient[last] ?? 0) : 0,
    hessian: hasMissing ? (denseHessian[last] ?? 0) : 0,
    count: hasMissing ? (denseCount[last] ?? 0) : 0,
  };
  scanDense(scan, feature, { length: hasMissing ? last : length, missing });
}
