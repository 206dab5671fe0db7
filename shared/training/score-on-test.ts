/** Scores the contenders and the champion on the test window. */
import { membersOf } from "../candidates/average.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { PredictedRows } from "../judging/classification.ts";
import { joinPredicted, slicePredicted } from "../judging/predicted.ts";
import { type Scored, scoredByOtherPeriods, withLosses } from "../judging/scoring.ts";
import { rowsOf, type Windows } from "../judging/windows.ts";
import { meanFit, type Refit, refitAt, type TrainingEffects, type ValidationResult } from "./contest.ts";
import { rowsAfter } from "./evidence.ts";
import type { RecipeChoice } from "./job.ts";
import type { JudgeTask } from "./judgement.ts";
import { recipeOf } from "./recipe.ts";

/** A contender with its predictions for validation and for the test window. */
export interface ContenderResult {
  readonly onValidation: ValidationResult;
  /** Predictions for rolling origins before the test window; null for a regression. */
  readonly origins: PredictedRows | null;
  readonly test: Scored;
  readonly seconds: number;
}

interface TestParts {
  readonly ranking: readonly ValidationResult[];
  /** The predictions for rolling origins, in the order of `ranking`. */
  readonly origins: readonly (PredictedRows | null)[];
  readonly windows: Windows;
  readonly effects: TrainingEffects;
}

/**
 * Scores all contenders on the test window, refitted at each of its origins. This happens once. An average is the mean of
 * its members' predictions, as on validation, so members are not fitted twice.
 */
export async function scoreOnTest(
  { seed, forecast, data }: JudgeTask,
  { ranking, origins, windows, effects }: TestParts,
): Promise<ContenderResult[]> {
  const fits = new Map<string, Promise<Refit>>();
  const refit = (recipe: RecipeChoice): Promise<Refit> => {
    const { id } = recipeOf(forecast, recipe);
    const fit = fits.get(id) ?? refitAt(windows.test, recipe, { pool: effects.pool, seed });
    fits.set(id, fit);
    return fit;
  };
  const results = await Promise.all(
    ranking.map(async (onValidation, place): Promise<ContenderResult | null> => {
      const members = membersOf(onValidation.recipe);
      const fit =
        members === null
          ? await refit(onValidation.recipe)
          : meanFit({ forecast, data }, rowsOf(windows.test), await Promise.all(members.map(refit)));
      if (!fit.ok) return null;
      const { predictions, changes, seconds } = fit.value;
      const test = withLosses(
        { forecast, data },
        { predictions, changes, rows: rowsOf(windows.test) },
        onValidation.validation.form,
      );
      return { onValidation, origins: origins[place] ?? null, test, seconds: onValidation.seconds + seconds };
    }),
  );
  return results.filter((result) => result !== null);
}

/** Returns the champion's scores on the test rows; null if there is no champion or it can no longer be fitted. */
export async function incumbentOnTest(
  { incumbent, forecast, data }: JudgeTask,
  { windows, results }: { readonly windows: Windows; readonly results: readonly ContenderResult[] },
): Promise<Scored | null> {
  if (incumbent === null) return null;
  if (!incumbent.isExternal) return resultOfRecipe(forecast, results, incumbent.recipe)?.test ?? null;
  const rows = rowsOf(windows.test);
  return scoredByOtherPeriods({ forecast, data }, { ...(await incumbent.file.predict(rows)), rows });
}

/** Returns the contender with this recipe; null if there is none. */
export function resultOfRecipe(
  forecast: Forecast,
  results: readonly ContenderResult[],
  recipe: RecipeChoice,
): ContenderResult | null {
  const { id } = recipeOf(forecast, recipe);
  return results.find(({ onValidation }) => recipeOf(forecast, onValidation.recipe).id === id) ?? null;
}

/**
 * Returns the champion's predictions for the comparison with a refresh. Periods in the training data of the serving
 * file have the predictions of the refitted recipe. Later periods have those of the file.
 */
export async function servedOnTest(
  { incumbent, forecast, data }: JudgeTask,
  windows: Windows,
  { incumbent: refitted, results }: { readonly incumbent: Scored | null; readonly results: readonly ContenderResult[] },
): Promise<Scored | null> {
  if (incumbent === null || refitted === null || incumbent.isExternal) return refitted;
  const rows = rowsOf(windows.test);
  const unseen = rowsAfter(data, rows, incumbent.file.trainedTo);
  if (unseen.from === unseen.to) return refitted;
  const later = await incumbent.file.predict(unseen);
  // A file of an earlier version has no distribution, and its recipe has one now.
  if ((later.changes === null) !== (refitted.changes === null)) return refitted;
  const served = joinPredicted([slicePredicted(refitted, 0, unseen.from - rows.from), later]);
  const form = resultOfRecipe(forecast, results, incumbent.recipe)?.onValidation.validation.form ?? refitted.form;
  return withLosses({ forecast, data }, { ...served, rows }, form);
}
