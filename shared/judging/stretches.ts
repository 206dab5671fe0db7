/** Rolling origins: the last periods are cut into stretches, and models are fitted again before each. */
import type { RowRange } from "../features/dataset.ts";

/** Positions of origins, the end excluded. */
export interface Stretch extends RowRange {
  /** False for the first stretch. It only gives the first errors, from which the next stretch chooses. */
  readonly isTested: boolean;
}

/** The last share of all periods that is tested, and the number of its stretches. */
const testedShare = 0.6;
const testedCount = 6;

/** Returns one stretch before the last 60 % of the periods, then six stretches of these. Their lengths differ by at most one period. */
export function stretchesOf(periods: number): Stretch[] {
  const tested = Math.floor(periods * testedShare);
  const edgeAt = (stretch: number) => periods - 1 - tested + Math.floor((tested * stretch) / testedCount);
  return Array.from({ length: testedCount + 1 }, (_, i) => ({
    from: Math.max(0, edgeAt(i - 1)),
    to: Math.max(0, edgeAt(i)),
    isTested: i > 0,
  }));
}
