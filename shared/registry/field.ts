/** The test of all contenders of a look at once. */
import { randomBitsOf } from "../models/random.ts";
import { jointSignFlips } from "../stats/joint-sign-flips.ts";
import type { Evidence, FieldEntry } from "./card.ts";

/** One contender of a look with its p-values. */
export interface FieldTest extends Pick<FieldEntry, "name" | "candidate" | "recipe"> {
  /** Corrected p against each opponent; null for the baseline itself, and without a champion. */
  readonly pNaive: number | null;
  readonly pIncumbent: number | null;
  /** The larger of both: the contender passes if it is below the level. */
  readonly p: number;
}

/** The losses of the opponents, and the candidate of the baseline. */
interface Opponents extends Pick<Evidence, "naive" | "incumbent" | "horizon"> {
  readonly baseline: string;
}

/** The flips are the same in every look, so that another seed of a training cannot change a p-value. */
const flipSeed = 1;

/**
 * Tests all contenders against the baseline and the champion. For each opponent, p is corrected for the number of
 * contenders (`jointSignFlips`). The baseline itself is compared with the champion only.
 * Forecasts h periods ahead overlap, so the differences are averaged over blocks of h periods.
 */
export function testField(
  { naive, incumbent, horizon, baseline }: Opponents,
  field: readonly FieldEntry[],
): FieldTest[] {
  const pValues = (opponent: readonly number[]) =>
    jointSignFlips(
      field.map(({ losses }) =>
        blockMeans(
          losses.map((loss, period) => (opponent[period] ?? loss) - loss),
          horizon,
        ),
      ),
      { randomBits: randomBitsOf(flipSeed) },
    );
  const againstNaive = pValues(naive);
  // A baseline that serves is usually the baseline of the comparison.
  const isSame = incumbent?.every((loss, period) => loss === naive[period]);
  const againstIncumbent = incumbent && (isSame ? againstNaive : pValues(incumbent));
  return field.map(({ name, candidate, recipe }, contender) => {
    const pNaive = candidate === baseline && incumbent !== null ? null : (againstNaive[contender] ?? 1);
    const pIncumbent = againstIncumbent?.[contender] ?? null;
    return { name, candidate, recipe, pNaive, pIncumbent, p: Math.max(pNaive ?? 0, pIncumbent ?? 0) };
  });
}

/** Returns the means of consecutive blocks of `size` numbers. An incomplete block at the beginning is omitted. */
function blockMeans(values: readonly number[], size: number): number[] {
  if (size === 1) return [...values];
  const blocks = Math.floor(values.length / size);
  const from = values.length - blocks * size;
  return Array.from({ length: blocks }, (_, block) => {
    const part = values.slice(from + block * size, from + (block + 1) * size);
    return part.reduce((sum, value) => sum + value, 0) / size;
  });
}
