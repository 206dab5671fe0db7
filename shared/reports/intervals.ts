/** Central intervals and the probability of a change of a step. */
import type { StepForecast } from "../api/report-model.ts";
import type { Band } from "../charts/fan-chart.ts";

const tolerance = 1e-6;
/** The bands that reports show, if the forecast has their quantiles. */
const preferred = [0.9, 0.5];
const shownMax = 2;

/** Returns all central intervals whose two bounds are among the quantiles, the widest first. */
function intervalsOf({ quantiles }: Pick<StepForecast, "quantiles">): Band[] {
  return quantiles.flatMap(({ level: tail, value: low }): Band[] => {
    if (tail >= 0.5 - tolerance) return [];
    const other = quantiles.find(({ level }) => Math.abs(level - (1 - tail)) < tolerance);
    return other ? [{ level: Math.round((1 - 2 * tail) * 1e6) / 1e6, low, high: other.value }] : [];
  });
}

/**
 * Returns the bands that a report shows, the widest first: 90 and 50 %, or the two widest available ones. Empty without
 * intervals.
 */
export function shownBands(step: Pick<StepForecast, "quantiles">): Band[] {
  const all = intervalsOf(step);
  const wanted = all.filter(({ level }) => preferred.includes(level));
  return wanted.length === preferred.length ? wanted : all.slice(0, shownMax);
}

/** Returns the probability that a value changes; null if it is not predicted. */
export function chanceOfChange(step: Pick<StepForecast, "chances" | "change"> | undefined): number | null {
  if (step === undefined) return null;
  return step.chances ? step.chances.down + step.chances.up : step.change;
}
