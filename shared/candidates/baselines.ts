import type { Task } from "./candidate.ts";

/**
 * The candidates that can be the baseline: the last value, or for a classification the base rate and the frequency of the
 * event after a state like the last one. Of these two the better on validation is the baseline.
 */
export const baselines: Readonly<Record<Task, readonly string[]>> = {
  regression: ["naive"],
  classification: ["base-rate", "state-frequency"],
};
