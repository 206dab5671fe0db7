/** Places that a feed fetches for and a forecast speaks of: named once, so that both mean the same one. */
import type { Place } from "./feed.ts";

/** Days are those of Greenwich, as in the published history: Vigo's own clock is one or two hours ahead of it. */
export const vigo: Place = { name: "Vigo", latitude: 42.2328, longitude: -8.7226, timezone: "GMT" };
