import type { Parsed, Problem } from "./feed.ts";

/** A problem shows at most this many characters of the found text. */
export const foundMax = 200;

/** Builds a problem. By default it concerns the whole file and one value. Long found texts are shortened. */
export function problem(
  reason: string,
  detail: Pick<Problem, "found" | "expected"> & Partial<Omit<Problem, "reason">>,
): Problem {
  const { row = null, column = null, period = null, expected, values = 1 } = detail;
  const found = detail.found.length > foundMax ? `${detail.found.slice(0, foundMax)}…` : detail.found;
  return { reason, row, column, period, found, expected, values };
}

/** Returns the result of a file that is rejected as a whole, for one reason. */
export function refusedFile(reason: Problem): Parsed {
  return { observations: [], problems: [reason], skipped: {} };
}
