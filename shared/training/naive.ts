/**
 * Scores the baseline on the test window, without a contest. If a forecast has several baselines, it uses the best one
 * on validation, as a contest does.
 */
import type { Dataset } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { errorOf, type Scored, scoredByOwnErrors, withLosses } from "../judging/scoring.ts";
import { rowsOf, type Windows } from "../judging/windows.ts";
import { isNaive } from "../registry/gate.ts";
import { refitAt } from "./contest.ts";
import type { Pool, RecipeChoice } from "./job.ts";

export interface NaiveTask {
  readonly forecast: Forecast;
  readonly data: Dataset;
  readonly windows: Windows;
  readonly seed: number;
}

/** Refits the baselines and returns the best one's scored test predictions. @throws if the forecast declares none. */
export async function naiveOnTest(
  { forecast, data, windows, seed }: NaiveTask,
  pool: Pool,
): Promise<{ readonly recipe: RecipeChoice; readonly test: Scored }> {
  const scoring = { forecast, data };
  let best: { readonly recipe: RecipeChoice; readonly validation: Scored; readonly error: number } | null = null;
  for (const { candidate } of forecast.candidates) {
    if (!isNaive(candidate)) continue;
    const recipe = { candidate, parameters: {} };
    const refit = await refitAt(windows.validation, recipe, { pool, seed });
    if (!refit.ok) continue;
    const validation = scoredByOwnErrors(scoring, { ...refit.value, rows: rowsOf(windows.validation) });
    const error = errorOf(forecast.metric, validation.losses);
    if (best === null || error < best.error) best = { recipe, validation, error };
  }
  const test = best && (await refitAt(windows.test, best.recipe, { pool, seed }));
  if (best === null || !test?.ok) throw new RangeError(`forecast ${forecast.id} has no baseline that can be fitted`);
  return {
    recipe: best.recipe,
    test: withLosses(scoring, { ...test.value, rows: rowsOf(windows.test) }, best.validation.form),
  };
}
