/** Ridge regression in closed form. Cross-validation without refitting chooses the penalty (Golub, Heath and Wahba 1979). */
import { failure, success } from "../lib/result.ts";
import { cholesky, choleskySolve, forwardSolve } from "./cholesky.ts";
import { checkData, checkOptions, type Fit, type FitProblem, type Range, type TrainingData } from "./fit.ts";
import { columnsOf, dot, type LinearPredictor, standardise, weightedGram } from "./linear.ts";

export interface RidgeOptions {
  /** Penalties to try on the standardised columns, each at least 0. On a tie the first one wins. */
  readonly alphas: readonly number[];
  /** `leave-one-out` costs O(rows × columns²) per alpha, `generalised` O(columns³). */
  readonly criterion: "leave-one-out" | "generalised";
}

const ridgeDefaults: RidgeOptions = {
  alphas: [0.001, 0.01, 0.1, 1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 100_000],
  criterion: "leave-one-out",
};

const alphaRange: Range = { min: 0, max: Number.POSITIVE_INFINITY, maxExcluded: true };

export interface RidgeModel extends LinearPredictor {
  readonly kind: "ridge";
  readonly alpha: number;
  /** The cross-validated mean squared error of every alpha that could be solved, in the square of the target's unit. */
  readonly errors: readonly { readonly alpha: number; readonly error: number }[];
}

interface Problem {
  readonly columns: readonly Float64Array[];
  readonly gram: Float64Array;
  /** The target minus its mean. */
  readonly deviations: Float64Array;
  readonly moments: Float64Array;
}

interface Solution {
  readonly alpha: number;
  readonly coefficients: Float64Array;
  readonly lower: Float64Array;
}

function solve(problem: Problem, alpha: number): Solution | null {
  const size = problem.columns.length;
  const penalised = problem.gram.slice();
  for (let i = 0; i < size; i++) penalised[i * size + i] = (penalised[i * size + i] ?? 0) + alpha;
  const lower = cholesky(penalised, size);
  return lower === null ? null : { alpha, lower, coefficients: choleskySolve(lower, problem.moments) };
}

function residualsOf(problem: Problem, coefficients: Float64Array): Float64Array {
  const residuals = problem.deviations.slice();
  problem.columns.forEach((column, j) => {
    const coefficient = coefficients[j] ?? 0;
    for (let row = 0; row < residuals.length; row++) {
      residuals[row] = (residuals[row] ?? 0) - coefficient * (column[row] ?? 0);
    }
  });
  return residuals;
}

/**
 * Returns the mean of (residual ÷ (1 − leverage))². It equals the leave-one-out error: refitting without one row, for
 * each row.
 */
function leaveOneOutError(problem: Problem, solution: Solution): number {
  const residuals = residualsOf(problem, solution.coefficients);
  const rows = residuals.length;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const x = Float64Array.from(problem.columns, (column) => column[row] ?? 0);
    const whitened = forwardSolve(solution.lower, x);
    const error = (residuals[row] ?? 0) / (1 - 1 / rows - dot(whitened, whitened));
    sum += error * error;
  }
  return sum / rows;
}

/** Returns the leave-one-out error with every leverage replaced by the mean: trace of the hat matrix (with intercept) ÷ rows. */
function generalisedError(problem: Problem, solution: Solution): number {
  const residuals = residualsOf(problem, solution.coefficients);
  const rows = residuals.length;
  const size = problem.columns.length;
  let traceInverse = 0;
  for (let i = 0; i < size; i++) {
    const column = forwardSolve(
      solution.lower,
      Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
    );
    traceInverse += dot(column, column);
  }
  const shareFree = 1 - (1 + size - solution.alpha * traceInverse) / rows;
  return dot(residuals, residuals) / rows / (shareFree * shareFree);
}

function checkAlphas(options: RidgeOptions): FitProblem | null {
  if (options.alphas.length === 0) {
    return { kind: "invalid-option", option: "alphas", found: 0, allowed: "at least one alpha" };
  }
  for (const alpha of options.alphas) {
    const problem = checkOptions({ alphas: alpha }, { alphas: alphaRange });
    if (problem !== null) return problem;
  }
  return null;
}

/**
 * Fits least squares with the penalty `alpha` × Σ coefficient² on standardised columns. The intercept has no penalty;
 * missing values are replaced by the mean. O(rows × columns² × alphas).
 */
export function fitRidge(given: Partial<RidgeOptions>, data: TrainingData): Fit<RidgeModel> {
  const options = { ...ridgeDefaults, ...given };
  const refusal = checkAlphas(options) ?? checkData(data, { rowsMin: 3, classes: false });
  if (refusal !== null) return failure(refusal);
  const standardised = standardise(data.features);
  const columns = columnsOf(standardised);
  const intercept = data.target.reduce((sum, value) => sum + value, 0) / data.target.length;
  const deviations = data.target.map((value) => value - intercept);
  const moments = Float64Array.from(columns, (column) => dot(column, deviations));
  const problem: Problem = { columns, gram: weightedGram(columns, null), deviations, moments };
  const errorOf = options.criterion === "leave-one-out" ? leaveOneOutError : generalisedError;
  const tried = options.alphas.flatMap((alpha) => {
    const solution = solve(problem, alpha);
    const error = solution === null ? Number.NaN : errorOf(problem, solution);
    return solution === null || !Number.isFinite(error) ? [] : [{ ...solution, error }];
  });
  const [first, ...others] = tried;
  if (first === undefined) return failure({ kind: "singular", alphaMax: Math.max(...options.alphas) });
  const best = others.reduce((lowest, next) => (next.error < lowest.error ? next : lowest), first);
  const errors = tried.map(({ alpha, error }) => ({ alpha, error }));
  const { means, scales } = standardised;
  const { coefficients, alpha } = best;
  return success({ kind: "ridge", means, scales, coefficients, intercept, alpha, errors });
}
