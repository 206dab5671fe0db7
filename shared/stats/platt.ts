import { mean } from "./mean.ts";
import { at, checkOutcomes, checkPaired, type Numbers } from "./numbers.ts";
import { sigmoid } from "./sigmoid.ts";
import { standardDeviation } from "./variance.ts";

/** Maps a score to `probability = sigmoid(slope · score + intercept)`. */
export interface PlattCalibrator {
  readonly slope: number;
  readonly intercept: number;
}

interface Point extends PlattCalibrator {
  readonly loss: number;
}

const STEPS_MAX = 100;
const HALVINGS_MAX = 40;
/** Keeps the Hessian invertible. It is much smaller than the curvature of a single row. */
const RIDGE = 1e-12;

/**
 * Platt scaling: fits the sigmoid that maps scores to probabilities. It has only two parameters, so a few dozen rows are
 * enough. Outcomes are smoothed to (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2), as Platt proposed, so that scores which separate the
 * classes perfectly also give finite parameters.
 *
 * `scores` any finite numbers, `outcomes` 0 or 1, n each. Equal scores give slope 0 and the smoothed base rate.
 * Newton's method with backtracking on standardised scores: O(n) per step, about ten steps.
 * @see Platt (1999); Lin, Lin, Weng (2007), "A note on Platt's probabilistic outputs for support vector machines"
 */
export function fitPlatt(scores: Numbers, outcomes: Numbers): PlattCalibrator {
  checkPaired(outcomes, scores);
  checkOutcomes(outcomes);
  const center = mean(scores);
  const spread = standardDeviation(scores);
  const scale = spread > Math.abs(center) * Number.EPSILON * scores.length ? 1 / spread : 0;
  const inputs = Float64Array.from(scores, (score) => (score - center) * scale);
  const targets = smoothedTargets(outcomes);
  const rate = mean(targets);
  let point = evaluate(inputs, targets, { slope: 0, intercept: Math.log(rate / (1 - rate)) });
  for (let step = 0; step < STEPS_MAX; step++) {
    const next = newtonStep(inputs, targets, point);
    if (next === null) break;
    point = next;
  }
  return { slope: point.slope * scale, intercept: point.intercept - point.slope * scale * center };
}

function smoothedTargets(outcomes: Numbers): Float64Array {
  let events = 0;
  for (let i = 0; i < outcomes.length; i++) events += at(outcomes, i);
  const high = (events + 1) / (events + 2);
  const low = 1 / (outcomes.length - events + 2);
  return Float64Array.from(outcomes, (outcome) => (outcome === 1 ? high : low));
}

/** Returns the point after one damped Newton step, or null at the minimum, where no step lowers the loss. */
function newtonStep(inputs: Float64Array, targets: Float64Array, point: Point): Point | null {
  let [gradientSlope, gradientIntercept, curveSlope, curveBoth, curveIntercept] = [0, 0, RIDGE, 0, RIDGE];
  for (let i = 0; i < inputs.length; i++) {
    const input = at(inputs, i);
    const probability = sigmoid(point.slope * input + point.intercept);
    const excess = probability - at(targets, i);
    const curve = probability * (1 - probability);
    gradientSlope += excess * input;
    gradientIntercept += excess;
    curveSlope += curve * input * input;
    curveBoth += curve * input;
    curveIntercept += curve;
  }
  const determinant = curveSlope * curveIntercept - curveBoth * curveBoth;
  const slopeStep = (curveIntercept * gradientSlope - curveBoth * gradientIntercept) / determinant;
  const interceptStep = (curveSlope * gradientIntercept - curveBoth * gradientSlope) / determinant;
  for (let halving = 0, share = 1; halving < HALVINGS_MAX; halving++, share /= 2) {
    const next = evaluate(inputs, targets, {
      slope: point.slope - share * slopeStep,
      intercept: point.intercept - share * interceptStep,
    });
    if (next.loss < point.loss) return next;
  }
  return null;
}

/** Computes the log loss Σ ln(1 + eᶠ) − t·f with f = slope · input + intercept, without overflow. */
function evaluate(inputs: Float64Array, targets: Float64Array, { slope, intercept }: PlattCalibrator): Point {
  let loss = 0;
  for (let i = 0; i < inputs.length; i++) {
    const logit = slope * at(inputs, i) + intercept;
    loss += Math.max(logit, 0) - at(targets, i) * logit + Math.log1p(Math.exp(-Math.abs(logit)));
  }
  return { slope, intercept, loss };
}
