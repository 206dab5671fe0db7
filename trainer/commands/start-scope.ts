/** The forecasts of a start, and the feeds that they read. */
import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { knownForecast } from "../known.ts";

export interface Scope {
  readonly forecasts: readonly Forecast[];
  readonly feeds: readonly Feed[];
}

/** Returns all forecasts and feeds, or the named forecasts and the feeds that they read. */
export function scopeOf(only: string | undefined): Scope {
  if (only === undefined) return { forecasts, feeds };
  const ids = [...new Set(only.split(",").map((id) => id.trim()))];
  const chosen = ids.map(knownForecast);
  return {
    forecasts: chosen,
    feeds: feeds.filter(({ id }) => chosen.some((forecast) => feedIdsOf(forecast).includes(id))),
  };
}
