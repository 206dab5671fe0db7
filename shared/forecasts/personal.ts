/** Which feeds and forecasts are about persons. All that comes from them needs `PERSONAL_TOKEN`. */
import { feeds, findFeed } from "../feeds/index.ts";
import type { Forecast } from "./forecast.ts";
import { forecasts } from "./index.ts";

/** Returns whether a forecast reads a feed that is declared `personal`. */
export function isPersonalForecast({ sources }: Pick<Forecast, "sources">): boolean {
  return sources.some(({ feed }) => findFeed(feed)?.personal === true);
}

/**
 * The ids of all personal feeds and forecasts. An address with one of them is closed without the token. A list over all forecasts
 * must leave them out itself.
 */
export const personalNames: ReadonlySet<string> = new Set([
  ...feeds.filter(({ personal }) => personal).map(({ id }) => id),
  ...forecasts.filter(isPersonalForecast).map(({ id }) => id),
]);
