/** KV `forecasts`: the ids of all forecasts in order, from which `predict` answers names and addresses without one. */
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { forecastsKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";

/** Writes the list where KV holds another one. Returns whether it did. */
export async function writeForecastList(
  { snapshots }: Pick<Hub, "snapshots">,
  forecasts: readonly Forecast[],
): Promise<boolean> {
  const text = JSON.stringify({ ids: forecasts.map(({ id }) => id) });
  if ((await snapshots.get(forecastsKey)) === text) return false;
  await snapshots.put(forecastsKey, text);
  return true;
}
