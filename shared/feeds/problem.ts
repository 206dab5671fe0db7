import type { Parsed, Problem } from "./feed.ts";

/** Characters of what was found that a problem shows. */
export const foundMax = 200;

/** A problem with the usual defaults: about the whole file, worth one value. Long findings are cut. */
export function problem(
  reason: string,
  detail: Pick<Problem, "found" | "expected"> & Partial<Omit<Problem, "reason">>,
): Problem {
  const { row = null, column = null, period = null, expected, values = 1 } = detail;
  const found = detail.found.length > foundMax ? `${detail.found.slice(0, foundMax)}…` : detail.found;
  return { reason, row, column, period, found, expected, values };
}

/** A file of which nothing is taken, for one reason. */
export function refusedFile(reason: Problem): Parsed {
  return { observations: [], problems: [reason], skipped: {} };
}
