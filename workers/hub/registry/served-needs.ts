/**
 * Reads the variables that the champion of a forecast and its fallbacks need from the history, independent of the current
 * declaration.
 */
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { computableFeatures } from "../../../shared/registry/computable-features.ts";
import type { ServedNeeds } from "../../../shared/sources/history-needs.ts";
import type { ServingHub } from "./served.ts";
import { listServable } from "./serving.ts";

/** Returns the needs of every version that `predict` may serve; an empty list if there is none. */
export async function readServedNeeds(hub: ServingHub, forecast: Forecast): Promise<ServedNeeds[]> {
  return (await listServable(hub, forecast)).flatMap(({ file }): ServedNeeds[] => {
    const { sources, events } = file.declaration;
    const features = computableFeatures(file);
    return features.ok ? [{ sources, features: features.value, ...(events && { events }) }] : [];
  });
}
