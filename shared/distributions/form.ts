/**
 * The form of a model's distributions: what a card contains beside the model file, so that the outputs of a row become its
 * distribution. Training, batches and requests use the same function.
 */
import { at } from "../stats/numbers.ts";
import { type ChangeOptions, UNITS_MIN } from "./changes.ts";
import { type Distribution, distributionOf } from "./distribution.ts";
import { locationScale } from "./location-scale.ts";
import { symmetricDistribution } from "./symmetric.ts";
import { toUnits } from "./units.ts";

export type DistributionForm = ChangeOptions &
  (
    | {
        /** The file has the outputs `changes` and `change_masses`. */
        readonly kind: "changes";
      }
    | {
        /**
         * `location-scale`: prediction + scale × each error of `shape`.
         * `symmetric`: like conformal intervals that hold the last value. Of each error of `shape`, half the mass is below the
         * lower of prediction and last value, and half above the higher one.
         */
        readonly kind: "location-scale" | "symmetric";
        /** The feature that is the scale; null for a scale of 1. The scale is at least half a unit of the published digit. */
        readonly scaledBy: string | null;
        /** Equally probable errors divided by their scale, ascending; for `symmetric` their absolute values. */
        readonly shape: readonly number[];
      }
  );

/** What the distribution of a row depends on. In the target's unit. */
export interface RowOutputs {
  /** The last value. */
  readonly last: number;
  readonly prediction: number;
  /** The value of the feature `scaledBy`; 1 without one. */
  readonly scale: number;
  /** The outputs `changes` and `change_masses` of the row; null if the file does not have them. */
  readonly changes: ArrayLike<number> | null;
  readonly masses: ArrayLike<number> | null;
}

/**
 * Returns the function that computes the distribution of a row, in whole units of the published digit. It is O(n log n) for n
 * changes, and O(n) for n errors.
 *
 * The function throws a RangeError if a number is not finite, or if the form needs changes and the row has none.
 * @example rowDistribution({ kind: "changes", positive: true }, 2)(row) // values 2330, 2350, 2375 with their masses
 */
export function rowDistribution(form: DistributionForm, decimals: number): (row: RowOutputs) => Distribution {
  if (form.kind === "changes") return (row) => afterChanges(row, form, decimals);
  const shape = distributionOf(form.shape, new Float64Array(form.shape.length).fill(1));
  const power = 10 ** decimals;
  if (form.kind === "location-scale")
    return ({ prediction, scale }) =>
      locationScale({ location: prediction * power, scale: scale * power }, shape, form);
  return ({ prediction, last, scale }) => {
    const centre = {
      prediction: prediction * power,
      low: Math.min(prediction, last) * power,
      high: Math.max(prediction, last) * power,
    };
    const values = new Float64Array(shape.values.length);
    for (let i = 0; i < values.length; i++) values[i] = (shape.values[i] ?? Number.NaN) * scale * power;
    return symmetricDistribution(centre, { values, masses: shape.masses }, form);
  };
}

/** Returns last value + change for every change, rounded to units. A fall below one unit of a positive target ends there. */
function afterChanges({ last, changes, masses }: RowOutputs, { positive }: ChangeOptions, decimals: number) {
  if (changes === null || masses === null) {
    throw new RangeError("the row has no changes: expected the outputs changes and change_masses of the model file");
  }
  const from = toUnits(last, decimals);
  const least = positive ? Math.min(UNITS_MIN, from) : Number.NEGATIVE_INFINITY;
  // A loop: `from` with a callback takes several times as long, and this runs for every row of a request.
  const values = new Float64Array(changes.length);
  for (let i = 0; i < values.length; i++) values[i] = Math.max(least, from + toUnits(at(changes, i), decimals));
  return distributionOf(values, masses);
}
