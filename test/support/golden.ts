import type { Parsed } from "../../shared/feeds/feed.ts";

/** Arrival time of golden files. Hours after it are in the future. */
export const goldenArrival = "2026-11-20T23:30:00.000Z";

/** Formats the result of a parser, short enough to read in a diff. */
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
