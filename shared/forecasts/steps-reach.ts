/** How many past periods the baselines of the steps read. */
import type { Forecast } from "./forecast.ts";

/** The windows of drifts that are compared, in periods. */
export const driftWindows = [12, 24, 60] as const;

/** Targets of the share of recent events: two weeks of days. */
export const recentTargets = 14;

/**
 * Returns how many periods up to the origin a history needs for all steps, which can be more than the features read. 1 for a
 * forecast of the next period only.
 */
export function stepsReach({ steps, task, distribution }: Pick<Forecast, "steps" | "task" | "distribution">): number {
  const last = steps.at(-1) ?? 1;
  if (last === 1) return 1;
  if (task === "classification") return recentTargets + last;
  // A change needs the value before it.
  const drift = Math.max(...driftWindows) + 1;
  return Math.max(drift, distribution?.kind === "changes" ? distribution.window + last : last + 1);
}
