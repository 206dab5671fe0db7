/** Event features: the event of a classification at an earlier period (0 or 1), which follows from the value of another variable. */
import { boundFeature, type Feature } from "../features/feature.ts";
import type { ServingDeclaration } from "../registry/served.ts";

type Deciding = Pick<ServingDeclaration, "features" | "events" | "variable">;

/** Returns whether a feature is the target of a classification at one earlier period. */
export function isEventFeature(
  { task, variable }: Pick<ServingDeclaration, "task" | "variable">,
  feature: Feature,
): boolean {
  return task === "classification" && pastValueOf(feature, variable)?.variable === variable;
}

/** Returns the event features that follow from supplied values and are not supplied themselves. O(features²) at most. */
export function impliedEvents(
  { features, events = [], variable }: Deciding,
  supplied: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, number> {
  const implied = new Map<string, number>();
  for (const event of events) {
    for (const decisive of features) {
      const value = supplied.get(decisive.name);
      const decided = pastValueOf(decisive, variable);
      if (typeof value !== "number" || decided?.variable !== event.of) continue;
      for (const feature of features) {
        const state = pastValueOf(feature, variable);
        const isDecided = state?.variable === event.name && state.periodsBack === decided.periodsBack;
        if (isDecided && !supplied.has(feature.name)) implied.set(feature.name, Number(value > event.above));
      }
    }
  }
  return implied;
}

/** Returns which variable a feature reads, and how many periods back. Null for a feature that is not one earlier value. */
function pastValueOf(
  feature: Feature,
  target: string,
): { readonly variable: string; readonly periodsBack: number } | null {
  const { pastValue, variable } = boundFeature(feature);
  return pastValue && { variable: variable ?? target, periodsBack: pastValue.back };
}
