/** Logistic regression with an L2 penalty, by iteratively reweighted least squares (Newton; Hastie et al., ESL 4.4.1). */

import { failure, success } from "../lib/result.ts";
import { sigmoid } from "../stats/sigmoid.ts";
import { cholesky, choleskySolve } from "./cholesky.ts";
import { checkData, checkOptions, type Fit, type FitProblem, type OptionRange, type TrainingData } from "./fit.ts";
import { columnViews, dot, type LinearPredictor, type Sparse, sparseOf, standardise, weightedGram } from "./linear.ts";

export interface LogisticOptions {
  /** Penalty α ÷ 2 × Σ coefficient² on the standardised columns; scikit-learn's C is 1 ÷ α. The intercept has no penalty. */
  readonly alpha: number;
  /** `balanced` weights each row by rows ÷ (2 × rows of its class). */
  readonly classWeights: "none" | "balanced";
  readonly iterationsMax: number;
  /** The fit has converged when no component of the gradient exceeds this value times the number of rows. */
  readonly tolerance: number;
}

const logisticDefaults: LogisticOptions = {
  alpha: 1,
  classWeights: "none",
  iterationsMax: 100,
  tolerance: 1e-10,
};

const logisticRanges = {
  alpha: { min: 0, max: Number.POSITIVE_INFINITY, maxExcluded: true },
  iterationsMax: { min: 1, max: 10_000, integer: true },
  tolerance: { min: 1e-14, max: 1e-2 },
} as const satisfies { readonly [Name in keyof LogisticOptions]?: OptionRange };

/** Maximum halvings of a Newton step. After these the step is smaller than rounding. */
const HALVINGS_MAX = 40;
/** Relative difference below which two losses count as equal. Rounding of long sums causes differences of this size. */
const LOSS_ROUNDING = 1e-12;
/**
 * Largest Newton step, relative to the parameters, that counts as converged. Near an optimum the steps shrink to 0;
 * without an optimum each step still adds about one to the log odds.
 */
const STEP_SHARE_MAX = 1e-4;
/** If the search fails without a penalty, log odds above or a mean loss below these values mean separated classes. */
const LOG_ODDS_SEPARABLE = 15;
const LOSS_SEPARABLE = 1e-6;

export interface LogisticModel extends LinearPredictor {
  readonly kind: "logistic";
  readonly iterations: number;
}

interface Problem {
  /** The standardised columns, then a column of ones for the intercept. */
  readonly columns: readonly Float64Array[];
  /** Their sparse forms. */
  readonly sparse: readonly (Sparse | null)[];
  readonly target: Float64Array;
  readonly weights: Float64Array;
  readonly alpha: number;
}

/** A point of the search: parameters (intercept last), the log odds of each row, and the penalised loss. */
interface State {
  readonly parameters: Float64Array;
  readonly logOdds: Float64Array;
  readonly loss: number;
}

function penaltyAt(problem: Problem, index: number): number {
  return index === problem.columns.length - 1 ? 0 : problem.alpha;
}

function stateAt(problem: Problem, parameters: Float64Array): State {
  const { columns, target, weights } = problem;
  const logOdds = new Float64Array(target.length);
  let loss = 0;
  columns.forEach((column, j) => {
    const parameter = parameters[j] ?? 0;
    loss += (penaltyAt(problem, j) * parameter * parameter) / 2;
    for (let row = 0; row < logOdds.length; row++) logOdds[row] = (logOdds[row] ?? 0) + parameter * (column[row] ?? 0);
  });
  for (let row = 0; row < logOdds.length; row++) {
    const odds = logOdds[row] ?? 0;
    const cost = Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(odds, 0) - (target[row] ?? 0) * odds;
    loss += (weights[row] ?? 0) * cost;
  }
  return { parameters, logOdds, loss };
}

function gradientAt(problem: Problem, state: State): Float64Array {
  const residuals = state.logOdds.map(
    (odds, row) => (problem.weights[row] ?? 0) * (sigmoid(odds) - (problem.target[row] ?? 0)),
  );
  return Float64Array.from(
    problem.columns,
    (column, j) => dot(column, residuals) + penaltyAt(problem, j) * (state.parameters[j] ?? 0),
  );
}

/** Returns −H⁻¹ g, or null if the curvature is not positive definite. */
function newtonStep(problem: Problem, state: State, gradient: Float64Array): Float64Array | null {
  const size = problem.columns.length;
  const curvature = state.logOdds.map((odds, row) => {
    const probability = sigmoid(odds);
    return (problem.weights[row] ?? 0) * probability * (1 - probability);
  });
  const hessian = weightedGram(problem.columns, curvature, problem.sparse);
  for (let j = 0; j < size; j++) hessian[j * size + j] = (hessian[j * size + j] ?? 0) + penaltyAt(problem, j);
  const lower = cholesky(hessian, size);
  return lower === null ? null : choleskySolve(lower, gradient).map((value) => -value);
}

/** Tries step, step ÷ 2, step ÷ 4 … Returns the first state whose loss is not higher beyond rounding, or null. */
function descend(problem: Problem, state: State, step: Float64Array): State | null {
  let portion = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving++, portion /= 2) {
    const next = stateAt(
      problem,
      state.parameters.map((value, j) => value + portion * (step[j] ?? 0)),
    );
    if (next.loss <= state.loss * (1 + LOSS_ROUNDING)) return next;
  }
  return null;
}

function largest(values: Float64Array): number {
  return values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
}

function isSeparated(problem: Problem, state: State, step: Float64Array | null): boolean {
  if (problem.alpha > 0) return false;
  if (state.loss < LOSS_SEPARABLE * state.logOdds.length) return true;
  if (step === null) return largest(state.logOdds) > LOG_ODDS_SEPARABLE;
  return largest(step) > STEP_SHARE_MAX * (1 + largest(state.parameters));
}

function minimise(problem: Problem, options: LogisticOptions): { state: State; iterations: number } | FitProblem {
  let state = stateAt(problem, new Float64Array(problem.columns.length));
  const flat = options.tolerance * problem.target.length;
  for (let iterations = 0; ; iterations++) {
    const gradient = gradientAt(problem, state);
    const gradientMax = largest(gradient);
    // With a penalty the problem has one solution. Without one, the step below shows whether the classes are separated.
    if (gradientMax <= flat && problem.alpha > 0) return { state, iterations };
    const step = newtonStep(problem, state, gradient);
    const next = step === null || gradientMax <= flat ? null : descend(problem, state, step);
    if (next !== null && iterations < options.iterationsMax) {
      state = next;
      continue;
    }
    if (isSeparated(problem, state, step) && next === null) return { kind: "separable", iterations };
    if (step === null) return { kind: "singular", alphaMax: options.alpha };
    return gradientMax <= flat ? { state, iterations } : { kind: "not-converged", iterations, gradientMax };
  }
}

function rowWeights(target: Float64Array, classWeights: LogisticOptions["classWeights"]): Float64Array {
  if (classWeights === "none") return new Float64Array(target.length).fill(1);
  const ones = target.reduce((sum, value) => sum + value, 0);
  const zeros = target.length - ones;
  return target.map((value) => target.length / (2 * (value === 1 ? ones : zeros)));
}

/**
 * Fits the penalised maximum likelihood. Targets are 0 and 1; missing values are replaced by the mean.
 * Separable classes have a fit if alpha > 0; with alpha 0 they are a `separable` problem.
 * O(rows × columns²) per iteration, about ten iterations.
 */
export function fitLogistic(given: Partial<LogisticOptions>, data: TrainingData): Fit<LogisticModel> {
  const options = { ...logisticDefaults, ...given };
  const refusal = checkOptions(options, logisticRanges) ?? checkData(data, { rowsMin: 2, classes: true });
  if (refusal !== null) return failure(refusal);
  const standardised = standardise(data.features);
  const { target } = data;
  const columns = [...columnViews(standardised), new Float64Array(target.length).fill(1)];
  const weights = rowWeights(target, options.classWeights);
  const found = minimise({ columns, sparse: columns.map(sparseOf), target, weights, alpha: options.alpha }, options);
  if ("kind" in found) return failure(found);
  const { means, scales } = standardised;
  const { parameters } = found.state;
  const intercept = parameters[parameters.length - 1] ?? 0;
  const coefficients = parameters.slice(0, -1);
  const { iterations } = found;
  return success({ kind: "logistic", means, scales, coefficients, intercept, iterations });
}
