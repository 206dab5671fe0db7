import { dieboldMariano } from "./diebold-mariano.ts";
import { holm } from "./holm.ts";
import { jointSignFlips, type SignFlipOptions } from "./joint-sign-flips.ts";
import type { Numbers } from "./numbers.ts";

/** With fewer blocks there is no test. */
export const blocksMin = 6;
/** From this number of blocks on, sign flips can reach small p-values. */
const blocksForFlips = 10;

/**
 * Returns one p-value per contender, one-sided and corrected for the number of contenders, from the mean advantages of blocks of
 * periods. From ten blocks on these are joint sign flips; with fewer, t-tests with Holm's correction; with fewer than six, 1.
 *
 * `advantages`: for each contender the opponent's loss − its own, one mean per block, in the same order for all.
 */
export function testBlocks(advantages: readonly Numbers[], options: SignFlipOptions): number[] {
  const blocks = advantages[0]?.length ?? 0;
  if (blocks < blocksMin) return advantages.map(() => 1);
  if (blocks >= blocksForFlips) return jointSignFlips(advantages, options);
  return holm(advantages.map((means) => dieboldMariano(means).pValue));
}
