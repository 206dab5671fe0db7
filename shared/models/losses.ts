/**
 * The losses that boosting can minimise: starting value, derivatives by the raw prediction, mean, and leaf value.
 *
 * Absolute and quantile loss have no useful second derivative. Their trees follow the sign of the residual, and each leaf
 * predicts the median or quantile of its residuals (Friedman 2001, algorithm 3; scikit-learn does the same).
 */

import { sigmoid } from "../stats/sigmoid.ts";
import { quantileInPlace } from "./quantile.ts";

export type LossName = "squared" | "absolute" | "quantile" | "logistic";

export interface Derivatives {
  readonly gradients: Float64Array;
  readonly hessians: Float64Array;
  /** The rows whose derivatives are needed. */
  readonly rows: Int32Array;
}

export interface Loss {
  /** Whether every second derivative is 1. */
  readonly constantHessian: boolean;
  /** Returns the best constant raw prediction. */
  base(target: Float64Array): number;
  /**
   * Writes the first and second derivatives of some rows by the raw prediction. Does not write `hessians` if they are constant.
   */
  derive(raw: Float64Array, target: Float64Array, into: Derivatives): void;
  /** Returns the mean loss in the target's unit (squared loss: its square; logistic loss: nats). */
  mean(raw: Float64Array, target: Float64Array): number;
  /** The quantile of the residuals that a leaf predicts; null if a leaf predicts the Newton step −G ÷ (H + λ). */
  readonly leafQuantile: number | null;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function meanPair(raw: Float64Array, target: Float64Array, loss: (raw: number, target: number) => number): number {
  let sum = 0;
  for (let row = 0; row < raw.length; row++) sum += loss(raw[row] ?? 0, target[row] ?? 0);
  return sum / raw.length;
}

const squared: Loss = {
  constantHessian: true,
  base: meanOf,
  derive(raw, target, { gradients, rows }) {
    for (const row of rows) gradients[row] = (raw[row] ?? 0) - (target[row] ?? 0);
  },
  mean: (raw, target) => meanPair(raw, target, (p, y) => (p - y) * (p - y)),
  leafQuantile: null,
};

/** The pinball loss: α (y − p) if y ≥ p, otherwise (1 − α)(p − y), times `scale`. */
function pinball(alpha: number, scale: number): Loss {
  return {
    constantHessian: true,
    base: (target) => quantileInPlace(target.slice(), alpha),
    derive(raw, target, { gradients, rows }) {
      const above = -alpha * scale;
      const below = (1 - alpha) * scale;
      for (const row of rows) gradients[row] = (target[row] ?? 0) >= (raw[row] ?? 0) ? above : below;
    },
    mean: (raw, target) => meanPair(raw, target, (p, y) => scale * (y >= p ? alpha * (y - p) : (1 - alpha) * (p - y))),
    leafQuantile: alpha,
  };
}

const logistic: Loss = {
  constantHessian: false,
  base(target) {
    const share = meanOf(target);
    return Math.log(share / (1 - share));
  },
  derive(raw, target, { gradients, hessians, rows }) {
    for (const row of rows) {
      const probability = sigmoid(raw[row] ?? 0);
      gradients[row] = probability - (target[row] ?? 0);
      hessians[row] = probability * (1 - probability);
    }
  },
  mean: (raw, target) => meanPair(raw, target, (p, y) => Math.log1p(Math.exp(-Math.abs(p))) + Math.max(p, 0) - y * p),
  leafQuantile: null,
};

/** Returns the loss. `quantile`, in (0, 1), is used by the quantile loss only. */
export function lossOf(name: LossName, quantile: number): Loss {
  switch (name) {
    case "squared":
      return squared;
    case "absolute":
      return pinball(0.5, 2);
    case "quantile":
      return pinball(quantile, 1);
    case "logistic":
      return logistic;
  }
}
