/** Places that feeds and forecasts share, so that both use the same coordinates and name. */
import type { Place } from "./feed.ts";

/** Days are UTC days, as in the published history. Vigo's local time is one or two hours ahead of UTC. */
export const vigo: Place = { name: "Vigo", latitude: 42.2328, longitude: -8.7226, timezone: "GMT" };
