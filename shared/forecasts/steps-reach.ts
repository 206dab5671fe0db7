/** How many past periods the baselines of the steps read. */
import { boundFeature } from "../features/feature.ts";
import type { Forecast } from "./forecast.ts";

/** The windows of drifts that are compared, in periods. */
export const driftWindows = [12, 24, 60] as const;

/** The numbers of seasons in the mean growth that are compared. */
export const growthSeasons = [1, 3, 5, 8, 10, 15] as const;

/** Targets of the share of recent events: two weeks of days. */
export const recentTargets = 14;

/** Returns the length of a season in periods; null without seasons. */
export function seasonOf({ features, seasonal }: Pick<Forecast, "features" | "seasonal">): number | null {
  const feature = features.find(({ name }) => name === seasonal);
  const past = feature === undefined ? null : boundFeature(feature).pastValue;
  return past?.counts === "periods" ? past.back : null;
}

/** The part of a declaration that determines how many periods the steps need. */
export type Stepped = Pick<Forecast, "steps" | "task" | "distribution" | "target" | "features" | "seasonal">;

/**
 * Returns how many periods up to the origin a history needs for all steps, which can be more than the features read. 1 for a
 * forecast of the next period only.
 */
export function stepsReach(forecast: Stepped): number {
  const { steps, task, distribution, target } = forecast;
  const last = steps.at(-1) ?? 1;
  if (last === 1) return 1;
  if (task === "classification") return recentTargets + last;
  // A change needs the value before it.
  const drift = Math.max(...driftWindows) + 1;
  const season = target.transform === "log-difference" ? (seasonOf(forecast) ?? 0) : 0;
  const growth = season === 0 ? 0 : season * (Math.ceil(last / season) + Math.max(...growthSeasons) - 1) + 1;
  return Math.max(drift, growth, distribution?.kind === "changes" ? distribution.window + last : last + 1);
}
