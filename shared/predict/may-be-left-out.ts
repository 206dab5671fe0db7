import { type Feature, variableOf } from "../features/feature.ts";
import { sourceOf } from "../forecasts/source.ts";
import type { ServingDeclaration } from "../registry/served.ts";

/**
 * Returns whether a request for a new series may leave a feature out: those of statements, such as a customer's age, can be
 * unknown. The other features of a new series follow from its events, so a request without one is incomplete.
 */
export function mayBeLeftOut(forecast: Pick<ServingDeclaration, "sources" | "events">, feature: Feature): boolean {
  const variable = variableOf(feature);
  return variable !== undefined && sourceOf(forecast, variable)?.timed?.kind === "statements";
}
