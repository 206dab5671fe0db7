import type { Parsed } from "../../shared/feeds/feed.ts";

/** When golden files arrived: hours after it are not past. */
export const goldenArrival = "2026-11-20T23:30:00.000Z";

/** What a parser made of a file, short enough to be read in a diff. */
export function compact({ observations, problems, skipped }: Parsed) {
  return {
    observations: observations.map(
      ({ series, variable, period, value }) => `${period} ${Object.values(series).join("/")} ${variable} ${value}`,
    ),
    problems: problems.map(
      ({ reason, row, column, period, found, expected, values }) =>
        `${reason} at ${column ?? ""}${row ?? ""} of ${period}: found ${found}; expected ${expected}; cost ${values}`,
    ),
    skipped,
  };
}
