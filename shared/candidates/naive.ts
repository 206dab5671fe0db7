/** The baselines: the last value, and the value a season ago. They have no parameters and are always contenders. */
import { failure, success } from "../lib/result.ts";
import type { Candidate } from "./candidate.ts";

export const naive: Candidate = {
  id: "naive",
  fit: () => success({ kind: "last" }),
};

export const seasonalNaive: Candidate = {
  id: "seasonal-naive",
  fit: ({ seasonal }) =>
    seasonal === null
      ? failure({
          kind: "invalid-data",
          found: "no seasonal feature",
          expected: "a forecast that declares the feature with the value a season ago",
        })
      : success({ kind: "feature", feature: seasonal }),
};
