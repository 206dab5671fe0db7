/** Ridge regression: the normal equations, solved in closed form or, with many columns, by conjugate gradients. */
import { failure, success } from "../lib/result.ts";
import { at } from "../stats/numbers.ts";
import { cholesky, choleskySolve } from "./cholesky.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import { CrossProducts } from "./cross-products.ts";
import { type Design, placedBlocks } from "./design.ts";
import { checkDesign, checkOptions, type Fit, type OptionRange } from "./fit.ts";
import { dot, type LinearPredictor, type Moments, momentsOf, type Standardisation, varies } from "./linear.ts";

export interface RidgeOptions {
  /** The penalty on the standardised columns, at least 0. */
  readonly alpha: number;
  /** With more columns, the equations are solved by conjugate gradients, because a factorisation costs O(columns³). */
  readonly directColumnsMax?: number;
}

/** A factorisation of this size takes about a second. */
const DIRECT_COLUMNS_MAX = 1_000;
/** Relative residual at which conjugate gradients end: the predictions then differ less than by the rounding to float32. */
const TOLERANCE = 1e-12;
const ITERATIONS_MAX = 20_000;

const alphaRange: OptionRange = { min: 0, max: Number.POSITIVE_INFINITY, maxExcluded: true };

export interface RidgeModel extends LinearPredictor {
  readonly kind: "ridge";
  readonly alpha: number;
}

export interface RidgeData {
  readonly features: Design;
  /** One finite number per row. */
  readonly target: Float64Array;
}

/**
 * Fits least squares with the penalty `alpha` × Σ coefficient² on standardised columns. The intercept has no penalty; missing
 * values are replaced by the mean. O(rows × numbers² + columns³), or iterations × (numbers × columns) with many columns.
 */
export function fitRidge(
  { alpha, directColumnsMax = DIRECT_COLUMNS_MAX }: RidgeOptions,
  data: RidgeData,
): Fit<RidgeModel> {
  const refusal = checkOptions({ alpha }, { alpha: alphaRange }) ?? checkDesign(data, { rowsMin: 3 });
  if (refusal !== null) return failure(refusal);
  const { features, target } = data;
  const standardisation = standardisationOf(features);
  const intercept = target.reduce((sum, value) => sum + value, 0) / target.length;
  const deviations = target.map((value) => value - intercept);
  const equations = equationsOf(features, standardisation, deviations);
  const solved =
    equations.size <= directColumnsMax ? solveDirectly(equations, alpha) : solveIteratively(equations, alpha);
  return solved.ok
    ? success({ kind: "ridge", ...standardisation, coefficients: solved.value, intercept, alpha })
    : solved;
}

/** The normal equations on the standardised columns Z, without the penalty. */
interface Equations {
  readonly size: number;
  /** Zᵀ y. */
  readonly moments: Float64Array;
  /** Returns Zᵀ Z v. */
  times(vector: Float64Array): Float64Array;
  /** Returns Zᵀ Z, row-major. */
  dense(): Float64Array;
}

/**
 * Returns the equations from the cross products of D, the columns with categories as 0/1: Z = (D − 1 mᵀ) S⁻¹ with the means m and
 * the scales S of the 0/1 columns, so Zᵀ Z = S⁻¹ (Dᵀ D − t mᵀ − m tᵀ + rows × m mᵀ) S⁻¹ with the totals t of the columns.
 */
function equationsOf(design: Design, standardisation: Standardisation, deviations: Float64Array): Equations {
  const cross = new CrossProducts(design, standardisation, deviations);
  const { size, totals } = cross;
  const { means, inverses } = centringOf(design, standardisation);
  const total = deviations.reduce((sum, value) => sum + value, 0);
  return {
    size,
    moments: cross.moments.map((moment, i) => at(inverses, i) * (moment - at(means, i) * total)),
    times(vector) {
      const scaled = vector.map((value, i) => value * at(inverses, i));
      const mean = dot(means, scaled);
      const rest = dot(totals, scaled) - design.rows * mean;
      return cross
        .times(scaled)
        .map((value, i) => at(inverses, i) * (value - at(totals, i) * mean - at(means, i) * rest));
    },
    dense() {
      const matrix = cross.dense();
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          const [left, right] = [at(means, i), at(means, j)];
          const centre = at(totals, i) * right + left * at(totals, j) - design.rows * left * right;
          matrix[i * size + j] = at(inverses, i) * at(inverses, j) * (at(matrix, i * size + j) - centre);
        }
      }
      return matrix;
    },
  };
}

/** Returns m and the diagonal of S⁻¹. Numbers are standardised before; a constant column has no effect. */
function centringOf(design: Design, { means, scales }: Standardisation) {
  const { numbers, categories, columns } = placedBlocks(design);
  const centring = { means: new Float64Array(columns), inverses: new Float64Array(columns) };
  for (const { block, first } of numbers) if (varies(momentsOf(block.values))) centring.inverses[first] = 1;
  for (const { block, first } of categories) {
    for (let column = first; column < first + block.width; column++) {
      const share = at(means, column);
      centring.means[column] = share;
      if (share > 0 && share < 1) centring.inverses[column] = 1 / at(scales, column);
    }
  }
  return centring;
}

function solveDirectly({ size, moments, dense }: Equations, alpha: number): Fit<Float64Array> {
  const penalised = dense();
  for (let i = 0; i < size; i++) penalised[i * size + i] = at(penalised, i * size + i) + alpha;
  const lower = cholesky(penalised, size);
  return lower === null ? failure({ kind: "singular", alphaMax: alpha }) : success(choleskySolve(lower, moments));
}

function solveIteratively({ moments, times }: Equations, alpha: number): Fit<Float64Array> {
  const multiply = (vector: Float64Array) => times(vector).map((value, i) => value + alpha * at(vector, i));
  const options = { tolerance: TOLERANCE, iterationsMax: ITERATIONS_MAX };
  const { solution, iterations, residual } = conjugateGradients(multiply, moments, options);
  return residual <= TOLERANCE
    ? success(solution)
    : failure({ kind: "not-converged", iterations, gradientMax: residual });
}

/**
 * Returns mean and scale of each column: of the values that are not missing, with the mean for missing values. A column of a
 * category with a share p has the mean p and the scale √(p (1 − p)). O(rows × features).
 */
function standardisationOf(design: Design): Standardisation {
  const { numbers, categories, columns } = placedBlocks(design);
  const means = new Float64Array(columns);
  const scales = new Float64Array(columns).fill(1);
  const put = (column: number, moments: Moments) => {
    means[column] = moments.mean;
    if (varies(moments)) scales[column] = moments.deviation;
  };
  for (const { block, first } of numbers) put(first, momentsOf(block.values));
  for (const { block, first } of categories) {
    const counts = new Float64Array(block.width);
    for (const code of block.codes) if (code >= 0) counts[code] = (counts[code] ?? 0) + 1;
    counts.forEach((count, code) => {
      const share = count / design.rows;
      put(first + code, { mean: share, deviation: Math.sqrt(share * (1 - share)) });
    });
  }
  return { means, scales };
}
