/** Event features: the event of a classification at an earlier period, 0 or 1, derived from the value of another variable. */
import { boundFeature, type Feature } from "../features/feature.ts";
import type { ServingDeclaration } from "../registry/served.ts";

type Deciding = Pick<ServingDeclaration, "features" | "events" | "variable">;

/** Returns whether a feature is the target of a classification at one earlier period. */
export function isEventFeature(
  { task, variable }: Pick<ServingDeclaration, "task" | "variable">,
  feature: Feature,
): boolean {
  return task === "classification" && at(feature, variable)?.variable === variable;
}

/** Returns the event features that can be derived from the given values and are not given themselves. O(features²) at most. */
export function impliedEvents(
  { features, events = [], variable }: Deciding,
  given: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, number> {
  const implied = new Map<string, number>();
  for (const event of events) {
    for (const decisive of features) {
      const value = given.get(decisive.name);
      const decided = at(decisive, variable);
      if (typeof value !== "number" || decided?.variable !== event.of) continue;
      for (const feature of features) {
        const state = at(feature, variable);
        const isOf = state?.variable === event.name && state.periods === decided.periods;
        if (isOf && !given.has(feature.name)) implied.set(feature.name, Number(value > event.above));
      }
    }
  }
  return implied;
}

/** Returns the variable and the lag of a feature that is one earlier value; null for any other feature. */
function at(feature: Feature, target: string): { readonly variable: string; readonly periods: number } | null {
  const { pastValue, variable } = boundFeature(feature);
  return pastValue && { variable: variable ?? target, periods: pastValue.back };
}
