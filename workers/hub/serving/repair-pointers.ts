/** Makes D1 and KV agree on the version that serves, and replaces a champion that cannot run. */
import { findChampion } from "../../../shared/db/champions.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championKey } from "../../../shared/registry/keys.ts";
import type { Hub } from "../hub.ts";
import { writeHistory } from "../ingest/write-history.ts";
import { type PointerHub, pointerOf, writePointer } from "../registry/pointer.ts";
import { type EnsureOptions, ensureServing } from "../registry/serving.ts";

/**
 * Makes the version serve that can run, where the champion cannot, and writes every pointer that differs from D1. Returns the
 * keys of the pointers that it changed.
 */
export async function repairPointers(
  hub: PointerHub & Pick<Hub, "evaluate" | "onnx">,
  forecasts: readonly Forecast[],
  options: EnsureOptions = {},
): Promise<string[]> {
  const repaired: string[] = [];
  for (const forecast of forecasts) {
    const key = championKey(forecast.id);
    const before = await findChampion(hub.db, forecast.id);
    const champion = await ensureServing(hub, forecast, options);
    // The history first: the version may read variables that the history of its predecessor does not have.
    if (champion?.number !== before?.number) await writeHistory(hub, forecast);
    // Reads KV before D1: KV is always written after D1, so a promotion in between is not mistaken for an invalid pointer.
    const found = await hub.snapshots.get(key);
    const pointer = await pointerOf(hub, forecast);
    if (found === (pointer && JSON.stringify(pointer))) continue;
    if (pointer) await writePointer(hub, forecast);
    else await hub.snapshots.delete(key);
    repaired.push(key);
  }
  return repaired;
}
