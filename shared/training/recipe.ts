import { fingerprintOf } from "../features/fingerprint.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { sha256Hex } from "../lib/hash.ts";
import type { Recipe } from "../registry/card.ts";
import type { RecipeChoice } from "./job.ts";

/** A choice with its identity: the same candidate, parameters and features are the same recipe, on whatever data. */
export function recipeOf(forecast: Pick<Forecast, "features" | "target">, choice: RecipeChoice): Recipe {
  const features = fingerprintOf(forecast.features);
  const entries = Object.entries(choice.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const identity = JSON.stringify([choice.candidate, entries, features, forecast.target]);
  return {
    id: sha256Hex(identity).slice(0, 16),
    candidate: choice.candidate,
    parameters: Object.fromEntries(entries),
    features,
  };
}
