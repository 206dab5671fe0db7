import type { Forecast } from "./forecast.ts";
import { gold } from "./gold.ts";
import { milkMx } from "./milk-mx.ts";
import { sickness } from "./sickness.ts";

/** The catalogue: a new forecast is one file in this folder and one name here. */
export const forecasts: readonly Forecast[] = [milkMx, gold, sickness];

export function findForecast(id: string): Forecast | undefined {
  return forecasts.find((forecast) => forecast.id === id);
}

/** Returns the forecasts that read a feed's observations. */
export function forecastsFedBy(feed: string): Forecast[] {
  return forecasts.filter(({ sources }) => sources.some((source) => source.feed === feed));
}
