import { customers } from "./customers.ts";
import type { Forecast } from "./forecast.ts";
import { gold } from "./gold.ts";
import { milkCl } from "./milk-cl.ts";
import { milkMx } from "./milk-mx.ts";
import { sickness } from "./sickness.ts";

/** The catalogue of forecasts. To add one, add a file to this folder and a name here. */
export const forecasts: readonly Forecast[] = [milkMx, gold, sickness, milkCl, customers];

export function findForecast(id: string): Forecast | undefined {
  return forecasts.find((forecast) => forecast.id === id);
}

/** Returns the forecasts that read a feed's observations. */
export function forecastsFedBy(feed: string): Forecast[] {
  return forecasts.filter(({ sources }) => sources.some((source) => source.feed === feed));
}
