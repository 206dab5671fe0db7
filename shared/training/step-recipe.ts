/** The recipe of the learners of further steps: the best of step 1 among those that can learn several steps. */
import { gradientBoosting } from "../candidates/boosting.ts";
import { changes } from "../candidates/changes.ts";
import { logistic } from "../candidates/logistic.ts";
import { randomForest } from "../candidates/random-forest.ts";
import { ridge } from "../candidates/ridge.ts";
import { changeFeaturesOf, type Forecast } from "../forecasts/forecast.ts";
import type { Contender } from "../registry/card.ts";
import type { RecipeChoice } from "./job.ts";
import type { Judgement } from "./judgement.ts";

/** Candidates that read nothing but the features and the target of a row. */
const stepCandidates: readonly string[] = [ridge, gradientBoosting, randomForest, logistic].map(({ id }) => id);

/**
 * Returns the recipe with the lowest error on the validation of step 1. Its parameters are not searched again, because a search at
 * every step would take too long. With a distribution of changes only `changes` has one. Null if no such candidate was fitted.
 */
export function stepRecipeOf(
  forecast: Forecast,
  { contenders, choiceOf }: Pick<Judgement, "contenders" | "choiceOf">,
): RecipeChoice | null {
  if (forecast.steps.length < 2) return null;
  const isOfChanges = forecast.distribution?.kind === "changes";
  if (isOfChanges && changeFeaturesOf(forecast) === null) return null;
  const allowed = isOfChanges ? [changes.id] : stepCandidates;
  const errorOf = ({ validationRmse, distribution }: Contender) =>
    (forecast.metric === "crps" ? distribution?.validationCrps : validationRmse) ?? Number.POSITIVE_INFINITY;
  const best = contenders
    .filter(({ candidate }) => allowed.includes(candidate))
    .sort((a, b) => errorOf(a) - errorOf(b))
    .find(({ recipe }) => recipe !== null);
  return best?.recipe ? choiceOf(best.recipe) : null;
}
