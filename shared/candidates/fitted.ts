/** A fitted model as plain data, and its predictions. It can be sent between threads and exported as an ONNX graph. */
import type { Dataset, RowRange } from "../features/dataset.ts";
import { predictDesign } from "../models/design.ts";
import type { LinearPredictor } from "../models/linear.ts";
import { type Ensemble, predictEnsemble } from "../models/tree.ts";
import type { PlattCalibrator } from "../stats/platt.ts";
import { changeInputNames } from "./change-inputs.ts";
import { designOf, type Encoding, encode, featureValues } from "./encoding.ts";
import { expectedChanges, type NextChangeModel, predictChanges } from "./next-change.ts";
import { type Chance, predictChance, probabilities } from "./odds.ts";

export type Transform = "level" | "difference" | "log-difference";

/** Predicts on the fitted scale of `Transform`: the value itself, or its change from the last value. */
export type Fitted =
  /** Predicts the last value. `next`: the distribution of the next change, if the forecast declares one. */
  | { readonly kind: "last"; readonly next?: NextChangeModel }
  /** Predicts the mean of the distribution of the next change. */
  | { readonly kind: "changes"; readonly next: NextChangeModel }
  /** Predicts the value of a feature, or the last value if the feature is missing. */
  | { readonly kind: "feature"; readonly feature: string }
  | { readonly kind: "linear"; readonly encoding: Encoding; readonly model: LinearPredictor }
  | { readonly kind: "trees"; readonly encoding: Encoding; readonly ensemble: Ensemble }
  /** Predicts the mean of its members' moves. */
  | { readonly kind: "average"; readonly members: readonly Fitted[] }
  /** Predicts the probability of a change times the expected move. */
  | { readonly kind: "hurdle"; readonly chance: Chance; readonly size: Fitted }
  /** Predicts a probability: 1 ÷ (1 + e^−(slope × score + intercept)). */
  | ({ readonly kind: "calibrated"; readonly score: Fitted } & PlattCalibrator);

/** Returns the names of the features that a model reads, beside the last value. */
export function featuresRead(fitted: Fitted): string[] {
  switch (fitted.kind) {
    case "last":
      return fitted.next ? namesInNext(fitted.next) : [];
    case "changes":
      return namesInNext(fitted.next);
    case "feature":
      return [fitted.feature];
    case "linear":
    case "trees":
      return columnNames(fitted.encoding);
    case "average":
      return fitted.members.flatMap(featuresRead);
    case "hurdle":
      return [...columnNames(fitted.chance.encoding), ...featuresRead(fitted.size)];
    case "calibrated":
      return featuresRead(fitted.score);
  }
}

function namesInNext({ inputs, chances }: NextChangeModel): string[] {
  const own = changeInputNames(inputs);
  return chances.kind === "frequencies"
    ? own
    : [...own, ...columnNames(chances.change.encoding), ...columnNames(chances.rise.encoding)];
}

/** Returns the distribution of the next change that a model predicts, or null if it predicts only a value. */
export function nextChangeOf(fitted: Fitted): NextChangeModel | null {
  return fitted.kind === "last" || fitted.kind === "changes" ? (fitted.next ?? null) : null;
}

export function columnNames({ columns }: Encoding): string[] {
  return columns.map(({ name }) => name);
}

/** Converts a value to the fitted scale: itself, its difference from the last value, or the difference of the logarithms. O(1). */
export function moveOf(transform: Transform, value: number, last: number): number {
  switch (transform) {
    case "level":
      return value;
    case "difference":
      return value - last;
    case "log-difference":
      return Math.log(value / last);
  }
}

/** Converts a move back to the value's unit, in float32 like the exported graph. O(1). */
export function valueAfter(transform: Transform, move: number, last: number): number {
  const from = Math.fround(last);
  switch (transform) {
    case "level":
      return Math.fround(move);
    case "difference":
      return Math.fround(from + Math.fround(move));
    case "log-difference":
      return Math.fround(from * Math.fround(Math.exp(move)));
  }
}

/** Returns one float32 per row, on the fitted scale. O(rows × model). */
export function predictMove(fitted: Fitted, data: Dataset, rows: RowRange, transform: Transform): Float32Array {
  switch (fitted.kind) {
    case "last":
      return Float32Array.from(data.last.subarray(rows.from, rows.to), (last) => moveOf(transform, last, last));
    case "changes":
      return expectedChanges(predictChanges(fitted.next, data, rows));
    case "feature": {
      const values = featureValues(data, fitted.feature, rows);
      return values.map((value, i) => {
        const last = Math.fround(data.last[rows.from + i] ?? Number.NaN);
        return moveOf(transform, Number.isNaN(value) ? last : value, last);
      });
    }
    case "linear":
      return Float32Array.from(predictDesign(fitted.model, designOf(fitted.encoding, data, rows)));
    case "trees":
      return predictEnsemble(fitted.ensemble, encode(fitted.encoding, data, rows));
    case "average": {
      const moves = fitted.members.map((member) => predictMove(member, data, rows, transform));
      return new Float32Array(rows.to - rows.from).map((_, i) => {
        let sum = 0;
        for (const move of moves) sum = Math.fround(sum + (move[i] ?? 0));
        return sum / moves.length;
      });
    }
    case "hurdle": {
      const chances = predictChance(fitted.chance, data, rows);
      return predictMove(fitted.size, data, rows, transform).map((size, i) => size * (chances[i] ?? 0));
    }
    case "calibrated":
      return probabilities(predictMove(fitted.score, data, rows, transform), fitted);
  }
}

/** Returns one value per row, in the target's unit and float32 precision. O(rows × model). */
export function predictValue(fitted: Fitted, data: Dataset, rows: RowRange, transform: Transform): Float64Array {
  const moves = predictMove(fitted, data, rows, transform);
  return Float64Array.from(moves, (move, i) => valueAfter(transform, move, data.last[rows.from + i] ?? Number.NaN));
}
