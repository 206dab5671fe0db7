/** Names that people type, or the sentence that says which ones there are. */
import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds, findFeed } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { nearest } from "../../shared/lib/text-distance.ts";
import { Failure } from "../failure.ts";

export function knownFeed(id: string): Feed {
  return findFeed(id) ?? unknown("feed", id, feeds);
}

export function knownForecast(id: string): Forecast {
  return forecasts.find((forecast) => forecast.id === id) ?? unknown("forecast", id, forecasts);
}

/** Returns the feeds that a forecast is made of. */
export function feedsOf(forecast: Forecast): Feed[] {
  return feedIdsOf(forecast).map(knownFeed);
}

function unknown(kind: string, id: string, known: readonly { readonly id: string }[]): never {
  const ids = known.map((one) => one.id);
  const meant = nearest(id, ids);
  throw new Failure(
    `There is no ${kind} ${id}${meant ? `; did you mean ${meant}?` : `. There are: ${ids.join(", ")}.`}`,
  );
}
