/** Predictions of a classification for rolling origins of the whole training span: its threshold and calibration come from these. */
import { membersOf } from "../candidates/average.ts";
import type { PredictedRows } from "../judging/classification.ts";
import { type Fold, rowsOf, type Windows } from "../judging/windows.ts";
import { type ContestTask, meanFit, type Refit, refitAt, type ValidationResult } from "./contest.ts";
import type { Pool, RecipeChoice } from "./job.ts";
import { recipeOf } from "./recipe.ts";

interface OriginEffects {
  readonly windows: Pick<Windows, "earlier" | "validation">;
  readonly pool: Pool;
}

/**
 * Returns for each result its predictions for the rows from the first rolling origin to the end of validation; null for a
 * regression. Each recipe is fitted again at the origins before validation; its predictions for validation are those of the result.
 * Origins up to the last one at which a recipe cannot be fitted are left out. No row of the test window is read.
 */
export async function predictOrigins(
  task: Pick<ContestTask, "forecast" | "data" | "seed">,
  results: readonly ValidationResult[],
  { windows: { earlier, validation }, pool }: OriginEffects,
): Promise<(PredictedRows | null)[]> {
  const { forecast, seed } = task;
  if (forecast.task !== "classification") return results.map(() => null);
  const known = new Map<string, Promise<Refit[]>>();
  const fitsOf = (recipe: RecipeChoice): Promise<Refit[]> => {
    const { id } = recipeOf(forecast, recipe);
    const fits = known.get(id) ?? Promise.all(earlier.map((fold) => refitAt([fold], recipe, { pool, seed })));
    known.set(id, fits);
    return fits;
  };
  const averageOf = async (members: readonly RecipeChoice[]): Promise<Refit[]> => {
    const fits = await Promise.all(members.map(fitsOf));
    return earlier.map(({ rows }, i) =>
      meanFit(
        task,
        rows,
        fits.flatMap((own) => own[i] ?? []),
      ),
    );
  };
  return Promise.all(
    results.map(async ({ recipe, validation: scored }) => {
      const members = membersOf(recipe);
      const fits = await (members === null ? fitsOf(recipe) : averageOf(members));
      return withValidation(earlier, fits, { rows: rowsOf(validation), predictions: scored.predictions });
    }),
  );
}

/** Puts the predictions after the last fit that failed before those of validation. */
function withValidation(earlier: readonly Fold[], fits: readonly Refit[], validation: PredictedRows): PredictedRows {
  const first = fits.findLastIndex(({ ok }) => !ok) + 1;
  const pieces = fits.slice(first).flatMap((fit) => (fit.ok ? [fit.value.predictions] : []));
  const from = earlier[first]?.rows.from ?? validation.rows.from;
  const predictions = [...pieces, validation.predictions].flatMap((piece) => [...piece]);
  return { rows: { from, to: validation.rows.to }, predictions: Float64Array.from(predictions) };
}
