/** Selects the contenders that the gate tests on the test window. */
import { errorOf, type Scored } from "../judging/scoring.ts";
import type { FieldEntry } from "../registry/card.ts";
import { isNaive } from "../registry/gate.ts";
import { medianError, periodLosses, type TestWindow } from "./evidence.ts";
import type { RecipeChoice } from "./job.ts";
import { recipeOf } from "./recipe.ts";

interface OnValidation {
  readonly name: string;
  readonly recipe: RecipeChoice;
  readonly validation: Scored;
}

interface FieldParts {
  readonly window: TestWindow;
  readonly baseline: OnValidation;
  /** All contenders with their test predictions, the best on validation first. */
  readonly results: readonly { readonly onValidation: OnValidation; readonly test: Scored }[];
  /** The champion's recipe; null if there is no champion. Its id is null if no contender can have it. */
  readonly serving: { readonly id: string | null; readonly candidate: string } | null;
  /** Last period that an imported champion was trained on; null for others. Only later periods are compared. */
  readonly known: string | null;
}

/**
 * Returns the contenders that are ahead of the baseline on validation, the best first: by their error, or by the error of
 * their median period, because one wrong value can dominate the error of all periods. The champion's own recipe is not
 * tested. The baseline itself is, if a learned champion is behind it or was not scored on validation.
 */
export function fieldOf({ window, baseline, results, serving, known }: FieldParts): FieldEntry[] {
  const { data, forecast } = window;
  const scores = ({ validation }: OnValidation) => ({
    error: errorOf(forecast.metric, validation.losses),
    median: medianError({ data, forecast, rows: validation.rows }, validation),
  });
  const base = scores(baseline);
  const idOf = ({ recipe }: OnValidation) => recipeOf(forecast, recipe).id;
  const champion = results.findIndex(({ onValidation }) => idOf(onValidation) === serving?.id);
  // A champion that cannot be fitted here has no place.
  const isBehind = (place: number) =>
    serving !== null && !isNaive(serving.candidate) && (champion < 0 || champion > place);
  const aheadBy = (one: OnValidation, place: number): FieldEntry["aheadBy"] | null => {
    if (idOf(one) === serving?.id) return null;
    if (idOf(one) === idOf(baseline)) return isBehind(place) ? "error" : null;
    if (isNaive(one.recipe.candidate)) return null;
    const { error, median } = scores(one);
    if (error < base.error) return "error";
    return median < base.median ? "median" : null;
  };
  return results.flatMap(({ onValidation, test }, place) => {
    const ahead = aheadBy(onValidation, place);
    if (ahead === null) return [];
    const { name, recipe } = onValidation;
    const losses = lossesAfter(window, test, known);
    return [{ name, candidate: recipe.candidate, recipe: idOf(onValidation), aheadBy: ahead, losses }];
  });
}

function lossesAfter(window: TestWindow, test: Scored, known: string | null): number[] {
  const { periods, losses } = periodLosses(window, test);
  return known === null ? [...losses] : losses.filter((_, index) => (periods[index] ?? "") > known);
}
