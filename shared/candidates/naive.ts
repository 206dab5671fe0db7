/** The baselines: the last value, and the value a season ago. They have no parameters and are always contenders. */
import { failure, success } from "../lib/result.ts";
import type { Candidate } from "./candidate.ts";
import { ownNextChange } from "./changes.ts";

/** Predicts the last value. If the forecast declares a distribution of changes, the baseline has one of the series' own changes. */
export const naive: Candidate = {
  id: "naive",
  fit(task) {
    const next = ownNextChange(task);
    return success(next === null ? { kind: "last" } : { kind: "last", next });
  },
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
