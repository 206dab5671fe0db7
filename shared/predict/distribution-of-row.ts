/** The distribution of one prediction, or why there is none. Wider after missing periods. */
import { UNITS_MIN } from "../distributions/changes.ts";
import { type Distribution, distributionOf } from "../distributions/distribution.ts";
import { type DistributionForm, type RowOutputs, rowDistribution } from "../distributions/form.ts";
import { sumOfChanges } from "../distributions/sum-of-changes.ts";
import { toUnits } from "../distributions/units.ts";
import { failure, type Result, success } from "../lib/result.ts";

/** The numbers of one row, in the target's unit. NaN is a missing number. */
export interface RowNumbers extends RowOutputs {
  /** Number of periods from the last value to the target: 1, or more if the series misses periods before the target. */
  readonly periodsAhead: number;
}

/** Computes the distribution of a row in whole units of the last published digit. Fails with the number that is missing. */
export type RowDistributions = (row: RowNumbers) => Result<Distribution>;

/**
 * Returns the function that computes the distribution of each row of a model.
 *
 * For one period it is `rowDistribution`. After missing periods the distribution is wider: as many changes are added as there are
 * periods, as if they were independent, and errors are multiplied by the square root of their number.
 */
export function distributionsOfRows(form: DistributionForm, decimals: number): RowDistributions {
  const compute = rowDistribution(form, decimals);
  if (form.kind === "changes") {
    return (row) => {
      if (!Number.isFinite(row.last)) return failure(noLast);
      const masses = positiveMasses(row);
      if (masses === null) return failure("the model returned no sizes of the next change");
      const next = compute({ ...row, masses });
      return success(row.periodsAhead === 1 ? next : afterGap(next, row, { form, decimals }));
    };
  }
  return (row) => {
    if (!Number.isFinite(row.prediction)) return failure("the model returned no prediction");
    if (!Number.isFinite(row.scale)) return failure(`the feature ${form.scaledBy} is missing`);
    if (form.kind === "symmetric" && !Number.isFinite(row.last)) return failure(noLast);
    return success(compute({ ...row, scale: row.scale * Math.sqrt(row.periodsAhead) }));
  };
}

const noLast = "the last value is missing";

/** Returns the masses of the changes, without the negative ones that float32 differences may give; null if there are none. */
function positiveMasses({ changes, masses }: RowOutputs): Float64Array | null {
  if (changes === null || masses === null || changes.length !== masses.length) return null;
  const positive = new Float64Array(masses.length);
  let total = 0;
  for (let at = 0; at < masses.length; at++) {
    const mass = masses[at] ?? Number.NaN;
    if (!Number.isFinite(mass) || !Number.isFinite(changes[at])) return null;
    positive[at] = Math.max(0, mass);
    total += positive[at] ?? 0;
  }
  return total > 0 ? positive : null;
}

interface Rounding {
  readonly form: DistributionForm;
  readonly decimals: number;
}

function afterGap(next: Distribution, row: RowNumbers, { form, decimals }: Rounding): Distribution {
  const last = toUnits(row.last, decimals);
  const change = { values: next.values.map((value) => value - last), masses: next.masses };
  const { values, masses } = sumOfChanges(change, row.periodsAhead);
  const least = form.positive ? Math.min(UNITS_MIN, last) : Number.NEGATIVE_INFINITY;
  return distributionOf(
    values.map((sum) => Math.max(least, last + sum)),
    masses,
  );
}
