/** Distributions around a point prediction, for targets that nearly always change. */
import { median } from "../stats/median.ts";
import type { Numbers } from "../stats/numbers.ts";
import { type ChangeOptions, UNITS_MIN } from "./changes.ts";
import { type Distribution, mergedDistribution } from "./distribution.ts";

export interface LocationScale {
  /** The point prediction, in units, not necessarily whole. */
  readonly location: number;
  /** The unit of the shape: more than 0, in units. 1 if errors are not scaled. */
  readonly scale: number;
}

/**
 * Builds location + scale × shape, rounded to whole units. `shape` contains earlier errors divided by their scale, each with
 * its weight: rolling-origin errors of rows that the model was not fitted on. O(n).
 */
export function locationScale(
  { location, scale }: LocationScale,
  shape: Distribution,
  { positive }: ChangeOptions,
): Distribution {
  if (!(scale > 0)) throw new RangeError(`the scale is ${scale}: expected more than 0`);
  const least = positive ? UNITS_MIN : Number.NEGATIVE_INFINITY;
  const values = new Float64Array(shape.values.length);
  // A loop: this runs for every row and contender of a training.
  for (let i = 0; i < values.length; i++)
    values[i] = Math.max(least, Math.round(location + scale * (shape.values[i] ?? Number.NaN)));
  return mergedDistribution(values, shape.masses.slice());
}

/** The number of atoms of a shape. The 97.5 % quantile then has five atoms above it. */
const SHAPE_ATOMS = 201;

/**
 * Returns at most 201 equally probable quantiles of errors, ascending, so that a distribution has a bounded size. All errors if
 * there are fewer. O(n log n).
 */
export function shapeOf(errors: Numbers): number[] {
  const sorted = Float64Array.from(errors).sort();
  if (sorted.length === 0) throw new RangeError("there are no errors: expected at least one");
  const count = Math.min(SHAPE_ATOMS, sorted.length);
  return Array.from({ length: count }, (_, i) => sorted[Math.floor(((i + 0.5) / count) * sorted.length)] ?? 0);
}

/**
 * Returns the shape of errors around a median of 0, so that the median of a distribution is the point prediction: the baseline
 * that repeats the last value publishes the last value. With an even number of fewer than 201 errors the published median, which
 * is one of the values, is below the prediction by half the distance of the two middle errors. O(n log n).
 */
export function centredShapeOf(errors: Numbers): number[] {
  const shape = shapeOf(errors);
  const middle = median(shape);
  return shape.map((error) => error - middle);
}
