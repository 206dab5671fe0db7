/**
 * A fitted learner of further steps: of all steps, or of one. Plain data. Its rows have the input `step`.
 *
 * For a forecast with a distribution of changes it predicts the probabilities of a fall and of a rise. For others it predicts the
 * value, or the probability of an event.
 */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { success } from "../lib/result.ts";
import type { Fit } from "../models/fit.ts";
import { at } from "../stats/numbers.ts";
import type { FitTask } from "./candidate.ts";
import { changes, fitDirections } from "./changes.ts";
import { featureValues } from "./encoding.ts";
import { type Fitted, predictMove, type Transform, valueAfter } from "./fitted.ts";
import { candidateNamed } from "./index.ts";
import { type Directions, predictDirections } from "./next-change.ts";

export type StepModel =
  | ({ readonly kind: "directions" } & Directions)
  /**
   * Predicts a move divided by the square root of the step: moves of a random walk are then equally large at every step. A value or
   * a probability is not divided.
   */
  | { readonly kind: "value"; readonly value: Fitted };

/** Predictions of some rows, as float32. */
export interface StepOutputs {
  /** In the target's unit, or probabilities. For directions the last value, because they do not predict a value. */
  readonly predictions: Float64Array;
  /** The probabilities of a fall and of a rise; null for a model of values. */
  readonly directions: { readonly down: Float32Array; readonly up: Float32Array } | null;
}

/** Fits a candidate to rows with several steps. `task.move` is the move of each row; it is divided here. */
export function fitStepModel(candidate: string, task: FitTask, steps: Int32Array): Fit<StepModel> {
  if (candidate === changes.id) {
    const fit = fitDirections(task);
    return fit.ok ? success({ kind: "directions", ...fit.value }) : fit;
  }
  const { transform } = task;
  const move = isDivided(transform) ? task.move.map((move, row) => move / Math.sqrt(at(steps, row))) : task.move;
  const fit = candidateNamed(candidate).fit({ ...task, move });
  return fit.ok ? success({ kind: "value", value: fit.value }) : fit;
}

export function isDivided(transform: Transform): boolean {
  return transform !== "level";
}

/** Predicts rows whose column `input` is their step. O(rows × model). */
export function predictStepModel(
  model: StepModel,
  data: Dataset,
  rows: RowRange,
  { transform, input }: { readonly transform: Transform; readonly input: string },
): StepOutputs {
  const last = data.last.subarray(rows.from, rows.to);
  if (model.kind === "directions") {
    const { down, up } = predictDirections(model, data, rows);
    return { predictions: Float64Array.from(last), directions: { down, up } };
  }
  const moves = predictMove(model.value, data, rows, transform);
  const roots = isDivided(transform) ? featureValues(data, input, rows).map(rootOf) : null;
  const predictions = Float64Array.from(moves, (move, i) => {
    const whole = roots === null ? move : Math.fround(move * at(roots, i));
    return valueAfter(transform, whole, at(last, i));
  });
  return { predictions, directions: null };
}

/** Returns √step as e^(½ · log step), with the same float32 operations as the exported graph. */
function rootOf(step: number): number {
  return Math.exp(Math.fround(Math.fround(Math.log(step)) * 0.5));
}
