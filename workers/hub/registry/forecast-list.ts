/**
 * Writes KV `forecasts`: the ids of all forecasts in order. `predict` lists them and suggests them for an unknown id.
 */
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { forecastsKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";

/** Writes the list if KV has another one. Returns whether it wrote. */
export async function writeForecastList(
  { snapshots }: Pick<Hub, "snapshots">,
  forecasts: readonly Forecast[],
): Promise<boolean> {
  const text = JSON.stringify({ ids: forecasts.map(({ id }) => id) });
  if ((await snapshots.get(forecastsKey)) === text) return false;
  await snapshots.put(forecastsKey, text);
  return true;
}
