import { type Fingerprinted, fingerprintsOf } from "../forecasts/fingerprint.ts";
import { sha256Hex } from "../lib/hash.ts";
import type { Recipe } from "../registry/recipe-shape.ts";
import type { RecipeChoice } from "./job.ts";

/** Returns a recipe with its id: the same candidate, parameters and features have the same id, on any data. */
export function recipeOf(forecast: Fingerprinted, choice: RecipeChoice): Recipe {
  const [recipe] = recipesOf(forecast, choice);
  if (recipe === undefined) throw new RangeError("there is no rule for fingerprints");
  return recipe;
}

/**
 * Returns all ids under which a recipe may have been registered, the current one first. An id depends on the fingerprint
 * of the features, and so on the rule for fingerprints.
 */
export function recipeIdsOf(forecast: Fingerprinted, choice: Pick<Recipe, "candidate" | "parameters">): string[] {
  return recipesOf(forecast, choice).map(({ id }) => id);
}

function recipesOf(
  forecast: Fingerprinted,
  { candidate, parameters }: Pick<Recipe, "candidate" | "parameters">,
): Recipe[] {
  const entries = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return fingerprintsOf(forecast).map((features) => {
    const identity = JSON.stringify([candidate, entries, features, forecast.target]);
    return { id: sha256Hex(identity).slice(0, 16), candidate, parameters: Object.fromEntries(entries), features };
  });
}
