/** Looks up feeds and forecasts by name. An unknown name fails with a suggestion. */
import type { Feed } from "../shared/feeds/feed.ts";
import { feeds, findFeed } from "../shared/feeds/index.ts";
import type { Forecast } from "../shared/forecasts/forecast.ts";
import { forecasts } from "../shared/forecasts/index.ts";
import { feedIdsOf } from "../shared/forecasts/source.ts";
import { withSuggestion } from "../shared/lib/did-you-mean.ts";
import { quoteEmpty } from "../shared/lib/quote-empty.ts";
import { Failure } from "./failure.ts";

export function knownFeed(id: string): Feed {
  return findFeed(id) ?? unknown("feed", id, feeds);
}

export function knownForecast(id: string): Forecast {
  return forecasts.find((forecast) => forecast.id === id) ?? unknown("forecast", id, forecasts);
}

/** Returns the feeds that a forecast reads. */
export function feedsOf(forecast: Forecast): Feed[] {
  return feedIdsOf(forecast).map(knownFeed);
}

function unknown(kind: string, id: string, known: readonly { readonly id: string }[]): never {
  const ids = known.map((one) => one.id);
  throw new Failure(withSuggestion(`There is no ${kind} ${quoteEmpty(id)}`, id, ids));
}
