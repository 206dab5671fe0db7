/** The baselines: the last value, and the value a season ago. They have no parameters and are always contenders. */
import { refused } from "../models/fit.ts";
import type { Candidate } from "./candidate.ts";

export const naive: Candidate = {
  id: "naive",
  fit: () => ({ ok: true, model: { kind: "last" } }),
};

export const seasonalNaive: Candidate = {
  id: "seasonal-naive",
  fit: ({ seasonal }) =>
    seasonal === null
      ? refused({
          kind: "invalid-data",
          found: "no seasonal feature",
          expected: "a forecast that declares the feature with the value a season ago",
        })
      : { ok: true, model: { kind: "feature", feature: seasonal } },
};
