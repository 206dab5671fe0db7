import { type Design, predictDesign } from "../../shared/models/design.ts";
import type { Fit, TrainingData } from "../../shared/models/fit.ts";
import type { GradientBoostingModel } from "../../shared/models/gradient-boosting.ts";
import type { LogisticModel } from "../../shared/models/logistic.ts";
import { columnOf, type Matrix } from "../../shared/models/matrix.ts";
import { createRandom } from "../../shared/models/random.ts";
import type { RandomForestModel } from "../../shared/models/random-forest.ts";
import type { RidgeModel } from "../../shared/models/ridge.ts";
import { predictEnsemble } from "../../shared/models/tree.ts";
import { sigmoid } from "../../shared/stats/sigmoid.ts";
import golden from "../golden/models.json" with { type: "json" };
import { matrixOf } from "./matrix-of.ts";

export { golden };

/** Returns the model of a fit, and fails if the fit did not succeed. */
export function modelOf<Model>(fit: Fit<Model>): Model {
  if (!fit.ok) throw new Error(`refused: ${JSON.stringify(fit.error)}`);
  return fit.value;
}

/** Makes the same data as `friedman1` in test/golden/models.py. */
export function friedman1(rows: number, seed: number): TrainingData {
  const random = createRandom(seed);
  const features: number[][] = [];
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const x = Array.from({ length: 10 }, () => Math.fround(random.uniform()));
    let noise = -6;
    for (let i = 0; i < 12; i++) noise += random.uniform();
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
    target[row] = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + noise;
    features.push(x);
  }
  return { features: matrixOf(features), target };
}

/** Returns the rows that `isIncluded` selects from the golden diabetes data (442 × 10, scikit-learn's copy of Efron et al. 2004). */
export function diabetes(isIncluded: (row: number) => boolean = () => true): TrainingData {
  const rows = golden.diabetes.features.filter((_, row) => isIncluded(row));
  const target = golden.diabetes.target.filter((_, row) => isIncluded(row));
  return { features: matrixOf(rows), target: Float64Array.from(target) };
}

/** Makes values missing where (7 row + 3 column) mod `modulus` is 0, like `with_holes` in test/golden/models.py. */
export function withHoles(matrix: Matrix, modulus: number): Matrix {
  const values = matrix.values.map((value, at) => {
    const row = Math.floor(at / matrix.columns);
    const column = at % matrix.columns;
    return (7 * row + 3 * column) % modulus === 0 ? Number.NaN : value;
  });
  return { ...matrix, values };
}

export function above(target: Float64Array, limit: number): Float64Array {
  return target.map((value) => (value > limit ? 1 : 0));
}

export function firstRows(data: TrainingData, rows: number): TrainingData {
  const { columns, values } = data.features;
  const features = { ...data.features, rows, values: values.slice(0, rows * columns) };
  return { features, target: data.target.slice(0, rows) };
}

type Numbers = Float32Array | Float64Array;

export function meanLoss(target: Numbers, predicted: Numbers, loss: (y: number, p: number) => number): number {
  let sum = 0;
  target.forEach((y, row) => {
    sum += loss(y, predicted[row] ?? Number.NaN);
  });
  return sum / target.length;
}

export function rmse(target: Numbers, predicted: Numbers): number {
  return Math.sqrt(meanLoss(target, predicted, (y, p) => (y - p) ** 2));
}

/** Returns the columns of a matrix as a design without categories. */
export function designOf(features: Matrix): Design {
  const { rows, columns } = features;
  const blocks = Array.from({ length: columns }, (_, column) => {
    return { kind: "number", values: columnOf(features, column) } as const;
  });
  return { rows, blocks };
}

/** Returns one number per row, in the target's unit. O(rows × columns). */
export function predictRidge(model: RidgeModel, features: Matrix): Float64Array {
  return predictDesign(model, designOf(features));
}

/** Returns one float32 per row: in the target's unit, or the probability of 1 for the logistic loss. O(rows × trees × depth). */
export function predictGradientBoosting(model: GradientBoostingModel, features: Matrix): Float32Array {
  const raw = predictEnsemble(model.ensemble, features);
  return model.loss === "logistic" ? raw.map(sigmoid) : raw;
}

/** Returns the probability of 1 for every row. O(rows × columns). */
export function predictLogistic(model: LogisticModel, features: Matrix): Float64Array {
  return predictDesign(model, designOf(features)).map(sigmoid);
}

/** Returns one float32 per row: in the target's unit, or the probability of 1 for a classification. O(rows × trees × depth). */
export function predictRandomForest(model: RandomForestModel, features: Matrix): Float32Array {
  return predictEnsemble(model.ensemble, features);
}
