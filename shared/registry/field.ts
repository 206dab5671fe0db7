/** The test of all contenders of a look at once. */
import { randomBitsOf } from "../models/random.ts";
import { blockMeans } from "../stats/block-means.ts";
import { testBlocks } from "../stats/block-tests.ts";
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
 * Forecasts h periods ahead overlap, so the differences are averaged over blocks of h periods (`testBlocks`).
 */
export function testField(
  { naive, incumbent, horizon, baseline }: Opponents,
  field: readonly FieldEntry[],
): FieldTest[] {
  const pValues = (opponent: readonly number[]) => {
    const options = { randomBits: randomBitsOf(flipSeed) };
    const advantages = field.map(({ losses }) => losses.map((loss, period) => (opponent[period] ?? loss) - loss));
    if (horizon === 1) return jointSignFlips(advantages, options);
    return testBlocks(
      advantages.map((one) => blockMeans(one, horizon)),
      options,
    );
  };
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
